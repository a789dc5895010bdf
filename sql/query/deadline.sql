-- name: deadline_marks
SELECT id, mark FROM deadline WHERE org = :org AND incident = :incident;

-- name: deadline_put
INSERT INTO deadline (org, incident, id, clock, ruleset, who, zh, en, rule, started, due, ended, stage, dropped, level, exercise, warn, warned, next_at, mark)
VALUES (:org, :incident, :id, :clock, :ruleset, :who, :zh, :en, :rule, :started, :due, :ended, :stage, :dropped, :level, :exercise, :warn, :warned, :next_at, :mark)
ON CONFLICT (incident, id) DO UPDATE SET clock = excluded.clock, ruleset = excluded.ruleset, who = excluded.who, zh = excluded.zh, en = excluded.en, rule = excluded.rule, started = excluded.started, due = excluded.due, ended = excluded.ended, stage = excluded.stage, dropped = excluded.dropped, level = excluded.level, exercise = excluded.exercise, warn = excluded.warn, warned = excluded.warned, next_at = excluded.next_at, mark = excluded.mark;

-- name: deadline_remove
DELETE FROM deadline WHERE org = :org AND incident = :incident AND id = :id;

-- name: deadline_board
SELECT k.incident, k.id, k.clock, k.ruleset, k.who, k.zh, k.en, k.rule, k.started, k.due, k.ended, k.stage, k.dropped, k.exercise, k.warned, i.title, i.level, i.category
FROM deadline k JOIN incident i ON i.org = k.org AND i.id = k.incident
WHERE k.org = :org AND k.exercise = :exercise AND k.stage = :stage AND k.level = :level AND (k.due, k.incident, k.id) > (:due, :incident, :id)
  AND k.due < :to AND :clock = '' AND (i.tlp <= :tlp OR i.author = :reader)
ORDER BY k.due, k.incident, k.id LIMIT :limit;

-- name: deadline_board_of
-- Of one clock.
SELECT k.incident, k.id, k.clock, k.ruleset, k.who, k.zh, k.en, k.rule, k.started, k.due, k.ended, k.stage, k.dropped, k.exercise, k.warned, i.title, i.level, i.category
FROM deadline k JOIN incident i ON i.org = k.org AND i.id = k.incident
WHERE k.org = :org AND k.exercise = :exercise AND k.stage = :stage AND k.level = :level AND (k.due, k.incident, k.id) > (:due, :incident, :id)
  AND k.due < :to AND k.clock = :clock AND (i.tlp <= :tlp OR i.author = :reader)
ORDER BY k.due, k.incident, k.id LIMIT :limit;

-- name: deadline_nearest
SELECT k.incident, k.id, k.clock, k.ruleset, k.who, k.zh, k.en, k.rule, k.started, k.due, k.ended, k.stage, k.dropped, k.exercise, k.warned, '', k.level, ''
FROM deadline k WHERE k.org = :org AND k.incident = :incident AND k.stage = 1 ORDER BY k.due, k.id LIMIT 1;

-- name: deadline_fallen
-- scope: node  the clocks of every tenant are announced by the node
SELECT org, incident, id, started, due, ended, warn, zh, en FROM deadline WHERE next_at > 0 AND next_at <= :now ORDER BY next_at LIMIT :limit;

-- name: deadline_next
-- scope: node  as above
SELECT COALESCE(MIN(next_at), 0) FROM deadline WHERE next_at > 0;

-- name: deadline_told
UPDATE deadline SET warned = :warned, next_at = :next_at WHERE org = :org AND incident = :incident AND id = :id;

-- name: deadline_notice_add
INSERT INTO deadline_notice (org, incident, id, percent, due, fell, at) VALUES (:org, :incident, :id, :percent, :due, :fell, :at)
ON CONFLICT (incident, id, percent, due) DO NOTHING;

-- name: deadline_notice_percents
SELECT percent FROM deadline_notice WHERE org = :org AND incident = :incident AND id = :id AND due = :due;

-- name: deadline_notice_of
SELECT id, percent, due, fell, at FROM deadline_notice WHERE org = :org AND incident = :incident ORDER BY fell, id, percent LIMIT 1000;

-- name: deadline_judged
UPDATE incident SET judged = :mark WHERE org = :org AND id = :incident AND judged <> :mark;

-- name: deadline_unjudged
-- scope: node  rules that change count for the incidents of every tenant
SELECT org, id FROM incident WHERE judged < :mark OR judged > :mark LIMIT :limit;

-- name: part_list
-- Those of the contact network that take part, and what each said.
SELECT m.unit, m.name, u.tenant, u.peer, m.below, COALESCE(p.node, COALESCE(q.node, '')), COALESCE(q.tier, ''), COALESCE(p.carried, 0), COALESCE(p.answer, 0), COALESCE(p.answered, 0), COALESCE(p.why, ''), COALESCE(p.reported, 0), COALESCE(p.report, '')
FROM exercise_member m LEFT JOIN unit u ON u.id = m.unit AND u.org = :node LEFT JOIN peer q ON q.id = u.peer
LEFT JOIN exercise_part p ON p.org = m.org AND p.id = m.id AND p.node = CASE WHEN u.tenant <> '' THEN 'tenant:' || u.tenant ELSE q.node END
WHERE m.org = :org AND m.id = :id ORDER BY m.seq;

-- name: part_others
-- Those that a branch brought, and what lies below one.
SELECT '', p.name, CASE WHEN p.via = '' THEN substr(p.node, 8) ELSE '' END, p.via, 0, p.node, p.tier, p.carried, p.answer, p.answered, p.why, p.reported, p.report
FROM exercise_part p WHERE p.org = :org AND p.id = :id AND p.gone = 0 AND NOT EXISTS (
    SELECT 1 FROM exercise_member m JOIN unit u ON u.org = m.org AND u.id = m.unit LEFT JOIN peer q ON q.id = u.peer
    WHERE m.org = p.org AND m.id = p.id AND ((u.peer = p.via AND q.node = p.node) OR p.node = 'tenant:' || u.tenant))
ORDER BY p.via, p.name, p.node;

-- name: part_take
INSERT INTO exercise (org, id, number, kind, state, name, aim, speed, reach, begins, ends, began, ended, report_due, reported,
    report, account, created, changed, origin, conductor, conductor_name, path, whole, source, version, fresh, due, dropped)
SELECT :org, :id, coalesce((SELECT max(r.number) FROM exercise r WHERE r.org = :org), 0) + 1, :kind, :state, :name, :aim, :speed,
    :reach, :begins, :ends, :began, :ended, :report_due, 0, '', '', :now, :now, :origin, :conductor, :conductor_name, :path, :whole, :source,
    CAST(:now AS BIGINT), 1, 1, 0;

-- name: part_take_again
UPDATE exercise SET kind = :kind, state = :state, name = :name, aim = :aim, speed = :speed, begins = :begins, ends = :ends,
    began = :began, ended = :ended, report_due = :report_due, changed = :now, origin = :origin, path = :path, whole = :whole, source = :source, dropped = :dropped,
    version = CASE WHEN version + 1000 <= :now THEN CAST(:now AS BIGINT) ELSE version + 1000 END, fresh = 1, due = 1
WHERE org = :org AND id = :id;

-- name: part_known
SELECT origin, conductor, source, state, speed, told, path, version, dropped FROM exercise WHERE org = :org AND id = :id;

-- name: part_above
-- Planned or running ones that came from above.
SELECT COUNT(*) FROM exercise WHERE org = :org AND origin <> '' AND state < 2;

-- name: part_parent
-- scope: node  whether that peer is the node above, as things stand
SELECT COUNT(*) FROM peer WHERE id = :peer AND kind = 1 AND state <> 3;

-- name: part_child
SELECT COUNT(*) FROM exercise_part p JOIN exercise x ON x.org = p.org AND x.id = p.id
WHERE p.org = :org AND p.id = :id AND p.via = :via AND p.carried > 0;

-- name: part_answer
UPDATE exercise SET answer = :answer, answered = :now, why = :why, due = 1, fresh = 1,
    version = CASE WHEN version + 1000 <= :now THEN CAST(:now AS BIGINT) ELSE version + 1000 END
WHERE org = :org AND id = :id AND origin <> '' AND state < 2;

-- name: part_changed
UPDATE exercise SET fresh = 1, version = CASE WHEN version + 1000 <= :now THEN CAST(:now AS BIGINT) ELSE version + 1000 END
WHERE org = :org AND id = :id;

-- name: part_elsewhere
SELECT COUNT(*) FROM exercise_part p WHERE p.org = :org AND p.id = :id AND p.node = :node AND p.via <> :via AND EXISTS (
    SELECT 1 FROM peer q WHERE q.id = p.via AND q.kind = 0 AND q.state IN (1, 2) AND p.carried > 0);

-- name: part_answer_tenant
INSERT INTO exercise_part (org, id, node, via, name, tier, carried, gone, answer, answered, why, reported, report, version, due, told)
VALUES (:org, :id, :node, '', :name, '', 0, 0, :answer, :now, :why, 0, '', 0, 0, 0)
ON CONFLICT (org, id, node) DO UPDATE SET answer = :answer, answered = :now, why = :why;

-- name: part_report_tenant
INSERT INTO exercise_part (org, id, node, via, name, tier, carried, gone, answer, answered, why, reported, report, version, due, told)
VALUES (:org, :id, :node, '', :name, '', 0, 0, 0, 0, '', :now, :report, 0, 0, 0)
ON CONFLICT (org, id, node) DO UPDATE SET report = :report, reported = CASE WHEN exercise_part.reported > 0 THEN exercise_part.reported ELSE :now END;

-- name: part_said
-- An older word of the same child, or the same again, changes nothing.
INSERT INTO exercise_part (org, id, node, via, name, tier, carried, gone, answer, answered, why, reported, report, version, due, told)
VALUES (:org, :id, :node, :via, :name, :tier, 0, 0, :answer, :answered, :why, :reported, :report, :version, 1, 0)
ON CONFLICT (org, id, node) DO UPDATE SET via = :via, name = :name, tier = :tier, answer = :answer, answered = :answered, why = :why,
    reported = :reported, report = :report, version = :version, due = 1
WHERE exercise_part.version < :version OR exercise_part.via <> :via;

-- name: part_below
-- Whom a child spoke for, but for one.
SELECT COUNT(*) FROM exercise_part WHERE org = :org AND id = :id AND via = :via AND node <> :node;

-- name: part_done_clear
DELETE FROM exercise_done WHERE org = :org AND id = :id AND node = :node;

-- name: part_done_add
INSERT INTO exercise_done (org, id, node, via, incident, step, ended) VALUES (:org, :id, :node, :via, :incident, :step, :ended)
ON CONFLICT (org, id, node, incident, step) DO NOTHING;

-- name: part_fresh
SELECT id FROM exercise WHERE org = :org AND fresh = 1 ORDER BY id LIMIT :most;

-- name: part_greet
-- A child came or came back: what is planned or runs may be for it too.
UPDATE exercise SET fresh = 1 WHERE org = :org AND state < 2;

-- name: part_children
-- The children of the moment, whether each takes part, and what its inbox has: a node that comes back over a new link has a new one.
SELECT q.id, q.node, q.name, q.tier, CASE WHEN x.answer <> 2 AND (x.whole = 1 OR MAX(CASE WHEN u.id IS NULL THEN 0 ELSE 1 END) = 1) THEN 1 ELSE 0 END,
    CASE WHEN x.whole = 1 OR MAX(COALESCE(m.below, 0)) = 1 THEN 1 ELSE 0 END, COALESCE(MAX(p.carried), 0), COALESCE(MAX(p.gone), 0)
FROM exercise x JOIN peer q ON q.kind = 0 AND q.state = 1 LEFT JOIN exercise_part p ON p.org = x.org AND p.id = x.id AND p.node = q.node AND p.via = q.id
LEFT JOIN exercise_member m ON m.org = x.org AND m.id = x.id AND EXISTS (SELECT 1 FROM unit w WHERE w.org = m.org AND w.id = m.unit AND w.peer = q.id)
LEFT JOIN unit u ON u.org = m.org AND u.id = m.unit
WHERE x.org = :org AND x.id = :id GROUP BY x.org, x.id, x.answer, x.whole, q.id, q.node, q.name, q.tier ORDER BY q.id;

-- name: part_carried
INSERT INTO exercise_part (org, id, node, via, name, tier, carried, gone, answer, answered, why, reported, report, version, due, told)
VALUES (:org, :id, :node, :via, :name, :tier, :carried, :gone, 0, 0, '', 0, '', 0, 0, 0)
ON CONFLICT (org, id, node) DO UPDATE SET via = :via, name = :name, tier = :tier, carried = :carried, gone = :gone;

-- name: part_settled
UPDATE exercise SET fresh = 0 WHERE org = :org AND id = :id;

-- name: part_told_add
INSERT INTO exercise_told (org, id, inject, dest, zh, en, tell_zh, tell_en, english, expect, task, points, told, until_at, received, whole, carried)
VALUES (:org, :id, :inject, :dest, :zh, :en, :tell_zh, :tell_en, :english, :expect, :task, :points, :told, :until, :received, :whole, 0)
ON CONFLICT (org, id, inject, dest) DO NOTHING;

-- name: part_told_count
-- Of one exercise, but for one inject.
SELECT COUNT(*) FROM exercise_told WHERE org = :org AND id = :id AND dest = 'here' AND inject <> :inject;

-- name: part_told_list
SELECT id, inject, dest, zh, en, tell_zh, tell_en, english, expect, task, points, told, until_at, received, whole FROM exercise_told
WHERE org = :org AND id = :id AND dest = :dest ORDER BY told, inject;

-- name: part_told_waiting
-- For children whose link is not suspended and that still take part.
SELECT w.id, w.inject, w.dest, w.zh, w.en, w.tell_zh, w.tell_en, w.english, w.expect, w.task, w.points, w.told, w.until_at, w.received, w.whole
FROM exercise_told w JOIN peer q ON q.id = w.dest AND q.kind = 0 AND q.state = 1
JOIN exercise x ON x.org = w.org AND x.id = w.id AND x.state IN (1, 2)
JOIN exercise_part p ON p.org = w.org AND p.id = w.id AND p.node = q.node AND p.via = w.dest AND p.carried > 0 AND p.gone = 0
WHERE w.org = :org AND w.carried = 0 ORDER BY w.told, w.id, w.inject, w.dest LIMIT :most;

-- name: part_told_carried
UPDATE exercise_told SET carried = 1 WHERE org = :org AND id = :id AND inject = :inject AND dest = :dest;

-- name: part_told_below
-- Those below that take part, whom an inject for all of them goes on to: children and tenants.
SELECT DISTINCT p.via FROM exercise_part p JOIN peer q ON q.id = p.via AND q.node = p.node
WHERE p.org = :org AND p.id = :id AND p.carried > 0 AND p.gone = 0 AND q.kind = 0
UNION SELECT 'tenant:' || o.id FROM organisation o JOIN exercise x ON x.org = :org AND x.id = :id AND x.whole = 1 WHERE o.id <> :org
UNION SELECT 'tenant:' || u.tenant FROM exercise_member m JOIN unit u ON u.org = m.org AND u.id = m.unit
WHERE m.org = :org AND m.id = :id AND u.tenant <> '';

-- name: part_up
SELECT id FROM exercise WHERE org = :org AND due = 1 AND origin <> '' ORDER BY id LIMIT :most;

-- name: part_up_others
SELECT p.id, p.node, p.name, p.tier, p.answer, p.answered, p.why, p.reported, p.report, p.told FROM exercise_part p
JOIN exercise x ON x.org = p.org AND x.id = p.id AND x.origin <> ''
WHERE p.org = :org AND p.due = 1 AND p.via <> '' AND p.version > 0 ORDER BY p.id, p.node LIMIT :most;

-- name: part_up_told
UPDATE exercise SET due = 0, told = :told WHERE org = :org AND id = :id;

-- name: part_up_other_told
UPDATE exercise_part SET due = 0, told = :told WHERE org = :org AND id = :id AND node = :node;

-- name: part_done_of
SELECT incident, step, ended FROM exercise_done WHERE org = :org AND id = :id AND node = :node ORDER BY incident, step LIMIT :most;

-- name: part_done_here
-- What injects expected of this node and that was done: steps of its cases, and notices that were answered.
SELECT k.incident, k.origin, k.ended FROM incident_task k JOIN incident i ON i.org = k.org AND i.id = k.incident
WHERE i.org = :org AND i.drill = :id AND i.drill <> '' AND i.peer = '' AND k.state = 2 AND k.ended > 0
  AND k.origin IN (SELECT w.task FROM exercise_told w WHERE w.org = :org AND w.id = :id AND w.dest = 'here' AND w.task <> '')
UNION ALL SELECT '', w.inject, MIN(c.ended) FROM exercise_told w JOIN notice n ON n.org = w.org AND n.occasion = w.id || '/' || w.inject || '/here'
JOIN notice_call c ON c.org = n.org AND c.notice = n.id
WHERE w.org = :org AND w.id = :id AND w.dest = 'here' AND w.expect = 'answer' AND c.state = 2 AND c.ended > 0 GROUP BY w.inject
ORDER BY 1, 2 LIMIT :most;

-- name: part_taking
-- What came from above and runs, or has just ended: its tasks and answers are looked at.
SELECT id, done_mark FROM exercise WHERE org = :org AND origin <> '' AND due = 0 AND (state = 1 OR (state = 2 AND ended > :since)) AND answer <> 2 ORDER BY id LIMIT :most;

-- name: part_done_mark
UPDATE exercise SET done_mark = :mark, due = 1 WHERE org = :org AND id = :id;

-- name: part_speed
SELECT COALESCE(MAX(x.speed), 1) FROM incident i JOIN exercise x ON x.id = i.drill WHERE i.org = :org AND i.id = :incident;

-- name: part_late
SELECT id FROM exercise WHERE org = :org AND state = 2 AND late_told = 0 AND report_due > 0 AND report_due < :now ORDER BY id LIMIT :most;

-- name: part_late_said
UPDATE exercise SET late_told = 1 WHERE org = :org AND id = :id;

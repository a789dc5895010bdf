-- name: exercise_add
INSERT INTO exercise (org, id, number, kind, state, name, aim, speed, reach, begins, ends, began, ended, report_due, reported,
    report, account, created, changed, version, fresh)
SELECT :org, :id, coalesce((SELECT max(r.number) FROM exercise r WHERE r.org = :org), 0) + 1, :kind, 0, :name, :aim, :speed,
    :reach, :begins, :ends, 0, 0, :report_due, 0, '', :account, :now, :now, CAST(:now AS BIGINT), 1;

-- name: exercise_set
-- Only what is still planned is changed.
UPDATE exercise SET kind = :kind, name = :name, aim = :aim, speed = :speed, reach = :reach, begins = :begins, ends = :ends,
    report_due = :report_due, changed = :now, version = CASE WHEN version + 1000 <= :now THEN CAST(:now AS BIGINT) ELSE version + 1000 END, fresh = 1
WHERE org = :org AND id = :id AND state = 0 AND origin = '';

-- name: exercise_move
UPDATE exercise SET state = :state, began = :began, ended = :ended, report_due = :report_due, changed = :now,
    version = CASE WHEN version + 1000 <= :now THEN CAST(:now AS BIGINT) ELSE version + 1000 END, fresh = 1
WHERE org = :org AND id = :id AND state = :was;

-- name: exercise_report
UPDATE exercise SET report = :report, reported = CASE WHEN reported > 0 THEN reported ELSE :now END, changed = :now,
    due = CASE WHEN origin = '' THEN 0 ELSE 1 END
WHERE org = :org AND id = :id AND state = 2;

-- name: exercise_get
SELECT id, number, kind, state, name, aim, speed, reach, begins, ends, began, ended, report_due, reported, report, account, created, changed, CASE WHEN state <> 3 AND reported = 0 AND report_due > 0 AND report_due < :now THEN 1 ELSE 0 END,
    origin, conductor_name, whole, answer, answered, why
FROM exercise WHERE org = :org AND id = :id;

-- name: exercise_list
-- Newest first; late: those whose result report is overdue, and no others.
SELECT id, number, kind, state, name, aim, speed, reach, begins, ends, began, ended, report_due, reported, report, account, created, changed, late,
    origin, conductor_name, whole, answer, answered, why FROM (
    SELECT x.*, CASE WHEN state <> 3 AND reported = 0 AND report_due > 0 AND report_due < :now THEN 1 ELSE 0 END AS late
    FROM exercise x WHERE x.org = :org AND x.number < :before AND (:state = -1 OR x.state = :state)) y
WHERE :late = 0 OR late = 1 ORDER BY number DESC LIMIT :most;

-- name: exercise_late
SELECT count(*) FROM exercise
WHERE org = :org AND state <> 3 AND reported = 0 AND report_due > 0 AND report_due < :now;

-- name: exercise_running
-- Those that run; of a tenant: those it takes part in.
SELECT x.id, x.number, x.kind, x.state, x.name, x.aim, x.speed, x.reach, x.begins, x.ends, x.began, x.ended, x.report_due, x.reported, x.report, x.account, x.created, x.changed, 0,
    x.origin, x.conductor_name, x.whole, x.answer, x.answered, x.why
FROM exercise x WHERE x.org = :org AND x.state = 1 AND x.answer <> 2 AND (:tenant = '' OR x.whole = 1 OR EXISTS (
    SELECT 1 FROM exercise_member m JOIN unit u ON u.org = m.org AND u.id = m.unit
    WHERE m.org = x.org AND m.id = x.id AND u.tenant = :tenant))
ORDER BY x.number DESC LIMIT :most;

-- name: exercise_guest_get
-- One of the node's that a tenant takes part in, and what it answered itself.
SELECT x.id, x.number, x.kind, x.state, x.name, x.aim, x.speed, x.reach, x.begins, x.ends, x.began, x.ended, x.report_due, COALESCE(p.reported, 0), COALESCE(p.report, ''), '', x.created, x.changed,
    CASE WHEN x.state <> 3 AND COALESCE(p.reported, 0) = 0 AND x.report_due > 0 AND x.report_due < :now THEN 1 ELSE 0 END,
    x.origin, x.conductor_name, 0, COALESCE(p.answer, 0), COALESCE(p.answered, 0), COALESCE(p.why, '')
FROM exercise x LEFT JOIN exercise_part p ON p.org = x.org AND p.id = x.id AND p.node = 'tenant:' || :tenant
WHERE x.org = :org AND (:id = '' OR x.id = :id) AND (x.whole = 1 OR EXISTS (
    SELECT 1 FROM exercise_member m JOIN unit u ON u.org = m.org AND u.id = m.unit
    WHERE m.org = x.org AND m.id = x.id AND u.tenant = :tenant))
ORDER BY x.number DESC LIMIT :most;

-- name: exercise_member_clear
DELETE FROM exercise_member WHERE org = :org AND id = :id;

-- name: exercise_member_add
INSERT INTO exercise_member (org, id, seq, unit, name, below) VALUES (:org, :id, :seq, :unit, :name, :below);

-- name: exercise_member_list
SELECT unit, name, below FROM exercise_member WHERE org = :org AND id = :id ORDER BY seq;

-- name: exercise_sheet
-- By who reported and clock: of how many cases it was stopped in time (1), is late or was (2), still runs (3).
SELECT peer, max(name), clock, max(zh), max(en), count(DISTINCT CASE WHEN stands = 1 THEN incident END),
    count(DISTINCT CASE WHEN stands = 2 THEN incident END), count(DISTINCT CASE WHEN stands = 3 THEN incident END) FROM (
    SELECT i.peer, coalesce(p.name, '') AS name, k.clock, k.zh, k.en, k.incident, CASE WHEN k.stage = 1 AND k.due >= :now THEN 3 WHEN k.stage >= 1 THEN 2 WHEN k.due > 0 AND k.ended > 0 AND k.dropped = 0 THEN 1 ELSE 0 END AS stands
    FROM incident i CROSS JOIN deadline k LEFT JOIN peer p ON p.id = i.peer
    WHERE i.org = :org AND k.org || '' = i.org AND k.incident = i.id AND i.drill = :drill AND i.drill <> '') x
WHERE stands > 0 GROUP BY peer, clock ORDER BY peer, clock LIMIT :most;

-- name: exercise_add
INSERT INTO exercise (org, id, number, kind, state, name, aim, speed, reach, begins, ends, began, ended, report_due, reported,
    report, account, created, changed)
SELECT :org, :id, coalesce((SELECT max(r.number) FROM exercise r WHERE r.org = :org), 0) + 1, :kind, 0, :name, :aim, :speed,
    :reach, :begins, :ends, 0, 0, :report_due, 0, '', :account, :now, :now;

-- name: exercise_set
-- Only what is still planned is changed.
UPDATE exercise SET kind = :kind, name = :name, aim = :aim, speed = :speed, reach = :reach, begins = :begins, ends = :ends,
    report_due = :report_due, changed = :now
WHERE org = :org AND id = :id AND state = 0;

-- name: exercise_move
UPDATE exercise SET state = :state, began = :began, ended = :ended, report_due = :report_due, changed = :now
WHERE org = :org AND id = :id AND state = :was;

-- name: exercise_report
UPDATE exercise SET report = :report, reported = CASE WHEN reported > 0 THEN reported ELSE :now END, changed = :now
WHERE org = :org AND id = :id AND state = 2;

-- name: exercise_get
SELECT id, number, kind, state, name, aim, speed, reach, begins, ends, began, ended, report_due, reported, report, account, created, changed, CASE WHEN state <> 3 AND reported = 0 AND report_due > 0 AND report_due < :now THEN 1 ELSE 0 END
FROM exercise WHERE org = :org AND id = :id;

-- name: exercise_list
-- Newest first; late: those whose result report is overdue, and no others.
SELECT id, number, kind, state, name, aim, speed, reach, begins, ends, began, ended, report_due, reported, report, account, created, changed, late FROM (
    SELECT x.*, CASE WHEN state <> 3 AND reported = 0 AND report_due > 0 AND report_due < :now THEN 1 ELSE 0 END AS late
    FROM exercise x WHERE x.org = :org AND x.number < :before AND (:state = -1 OR x.state = :state)) y
WHERE :late = 0 OR late = 1 ORDER BY number DESC LIMIT :most;

-- name: exercise_late
SELECT count(*) FROM exercise
WHERE org = :org AND state <> 3 AND reported = 0 AND report_due > 0 AND report_due < :now;

-- name: exercise_running
-- Those that run; of a tenant: those it takes part in.
SELECT x.id, x.number, x.kind, x.state, x.name, x.aim, x.speed, x.reach, x.begins, x.ends, x.began, x.ended, x.report_due, x.reported, x.report, x.account, x.created, x.changed, 0
FROM exercise x WHERE x.org = :org AND x.state = 1 AND (:tenant = '' OR EXISTS (
    SELECT 1 FROM exercise_member m JOIN unit u ON u.org = m.org AND u.id = m.unit
    WHERE m.org = x.org AND m.id = x.id AND u.tenant = :tenant))
ORDER BY x.number DESC LIMIT :most;

-- name: exercise_member_clear
DELETE FROM exercise_member WHERE org = :org AND id = :id;

-- name: exercise_member_add
INSERT INTO exercise_member (org, id, seq, unit, name) VALUES (:org, :id, :seq, :unit, :name);

-- name: exercise_member_list
SELECT unit, name FROM exercise_member WHERE org = :org AND id = :id ORDER BY seq;

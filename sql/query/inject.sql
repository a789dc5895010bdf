-- name: inject_scenario_add
INSERT INTO exercise_scenario (org, id, json, english, taken) VALUES (:org, :id, :json, :english, :now);

-- name: inject_scenario_get
SELECT json, english, taken FROM exercise_scenario WHERE org = :org AND id = :id;

-- name: inject_add
INSERT INTO exercise_inject (org, id, seq, inject, state, due, delivered, account) VALUES (:org, :id, :seq, :inject, 0, 0, 0, '');

-- name: inject_list
SELECT inject, state, due, delivered, account FROM exercise_inject WHERE org = :org AND id = :id ORDER BY seq;

-- name: inject_begin
UPDATE exercise_inject SET due = :due WHERE org = :org AND id = :id AND inject = :inject;

-- name: inject_set
-- What was delivered or dropped stays so.
UPDATE exercise_inject SET state = :state, delivered = :delivered, account = :account
WHERE org = :org AND id = :id AND inject = :inject AND state < 2 AND state <> :state;

-- name: inject_drop_rest
UPDATE exercise_inject SET state = 3 WHERE org = :org AND id = :id AND state < 2;

-- name: inject_due
-- scope: node  the injects of every tenant's exercises are delivered by the node
SELECT org, id, inject FROM exercise_inject WHERE state = 0 AND due > 0 AND due <= :now ORDER BY due, org, id, seq LIMIT :most;

-- name: inject_soonest
-- scope: node  as above
SELECT COALESCE(MIN(due), 0) FROM exercise_inject WHERE state = 0 AND due > 0;

-- name: inject_group_clear
DELETE FROM exercise_group WHERE org = :org AND id = :id AND part = :part;

-- name: inject_group_add
INSERT INTO exercise_group (org, id, part, unit) VALUES (:org, :id, :part, :unit);

-- name: inject_group_list
-- Who of the group still takes part.
SELECT g.part, g.unit FROM exercise_group g JOIN exercise_member m ON m.org = g.org AND m.id = g.id AND m.unit = g.unit
WHERE g.org = :org AND g.id = :id ORDER BY g.part, m.seq;

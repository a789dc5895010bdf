-- Statements of isac: indicators that accounts handed in.

-- name: watch_get
SELECT version, kind, value, valid_from, valid_until, confidence, state FROM indicator_watch
WHERE org = :org AND id = :id;
-- name: watch_put
INSERT INTO indicator_watch (org, id, version, kind, value, valid_from, valid_until, confidence, state)
VALUES (:org, :id, :version, :kind, :value, :valid_from, :valid_until, :confidence, :state)
ON CONFLICT (org, id) DO UPDATE SET version = excluded.version, kind = excluded.kind, value = excluded.value,
    valid_from = excluded.valid_from, valid_until = excluded.valid_until, confidence = excluded.confidence,
    state = excluded.state;
-- name: watch_state
UPDATE indicator_watch SET state = :state WHERE org = :org AND id = :id;
-- name: watch_drop
DELETE FROM indicator_watch WHERE org = :org AND id = :id;
-- name: watch_begins
SELECT id, kind, value, valid_until, confidence FROM indicator_watch
WHERE org = :org AND state = 0 AND valid_from <= :now ORDER BY valid_from LIMIT :most;
-- name: watch_ends
SELECT id, kind, value, valid_until, confidence FROM indicator_watch
WHERE org = :org AND state = 1 AND valid_until > 0 AND valid_until <= :now ORDER BY valid_until LIMIT :most;
-- name: watch_standing
SELECT id, kind, value, valid_until, confidence FROM indicator_watch
WHERE org = :org AND id > :id AND state = 1 ORDER BY id LIMIT :most;

-- name: waiting_put
INSERT INTO indicator_waiting (org, origin, id, at) VALUES (:org, :origin, :id, :at)
ON CONFLICT (org, origin, id) DO UPDATE SET at = excluded.at;
-- name: waiting_drop
DELETE FROM indicator_waiting WHERE org = :org AND origin = :origin AND id = :id;
-- name: waiting_due
SELECT i.id, i.origin, i.kind, i.value, i.state, i.evidence, i.alert, i.incident, i.derived_from, i.created,
       i.modified, i.valid_until, i.json, i.published, i.policy
FROM indicator_waiting AS w JOIN indicator AS i ON i.org = w.org AND i.origin = w.origin AND i.id = w.id
WHERE w.org = :org AND w.at <= :now ORDER BY w.at LIMIT :most;

-- Statements of isac: indicators that accounts handed in.

-- name: watch_get
SELECT w.version, w.kind, w.value, w.valid_from, w.valid_until, w.confidence, w.state, w.seq, w.fades
FROM stix_id i CROSS JOIN indicator_watch w
WHERE i.old IN (0, 1) AND i.key = :key AND w.seq = i.seq AND w.org = :org AND w.id = :id;
-- name: watch_add
INSERT INTO indicator_watch (seq, org, id, version, kind, value, valid_from, valid_until, confidence, state,
                             fades)
VALUES (:seq, :org, :id, :version, :kind, :value, :valid_from, :valid_until, :confidence, :state, :fades);
-- name: watch_set
UPDATE indicator_watch SET version = :version, kind = :kind, value = :value, valid_from = :valid_from,
    valid_until = :valid_until, confidence = :confidence, state = :state, fades = :fades
WHERE org = :org AND seq = :seq;
-- name: watch_state
UPDATE indicator_watch SET state = :state WHERE org = :org AND seq = :seq;
-- name: watch_hang
-- On another object of its id, when the one it hung on is deleted.
UPDATE indicator_watch SET seq = :to WHERE org = :org AND seq = :seq;
-- name: watch_drop
DELETE FROM indicator_watch WHERE org = :org AND seq = :seq;
-- name: watch_objects
SELECT o.seq, o.id FROM stix_id i CROSS JOIN stix_object o
WHERE i.old IN (0, 1) AND i.key = :key AND o.seq = i.seq ORDER BY o.seq;
-- name: watch_begins
SELECT id, kind, value, valid_until, confidence, seq FROM indicator_watch
WHERE org = :org AND state = 0 AND valid_from <= :now ORDER BY valid_from LIMIT :most;
-- name: watch_ends
SELECT id, kind, value, valid_until, confidence, seq FROM indicator_watch
WHERE org = :org AND state = 1 AND valid_until > 0 AND valid_until <= :now ORDER BY valid_until LIMIT :most;
-- name: watch_standing
SELECT id, kind, value, valid_until, confidence, seq FROM indicator_watch
WHERE org = :org AND seq > :after AND state = 1 ORDER BY seq LIMIT :most;

-- name: kept_newer
-- Versions of its author that are stored and newer.
SELECT count(*) FROM stix_id i CROSS JOIN stix_object o JOIN stix_source s ON s.number = o.source
WHERE i.old IN (0, 1) AND i.key = :key AND o.seq = i.seq AND o.id = :id AND o.version > :version
    AND s.org = :org AND s.author = :author;
-- name: kept_put
INSERT INTO indicator_kept (org, id, author, version, kind, value, reversed)
VALUES (:org, :id, :author, :version, :kind, :value, :reversed)
ON CONFLICT (org, id, author) DO UPDATE SET version = excluded.version, kind = excluded.kind,
    value = excluded.value, reversed = excluded.reversed WHERE indicator_kept.version <= excluded.version;
-- name: kept_end
-- A later version is not to be kept back any more.
DELETE FROM indicator_kept WHERE org = :org AND id = :id AND author = :author AND version <= :version;
-- name: kept_last
-- The last version of each account that has one of this id stored.
WITH mine AS (SELECT o.seq, o.version, s.author FROM stix_id i CROSS JOIN stix_object o JOIN stix_source s ON s.number = o.source
    WHERE i.old IN (0, 1) AND i.key = :key AND o.seq = i.seq AND o.id = :id AND s.org = :org AND s.origin = '')
SELECT o.json, m.author FROM mine m JOIN stix_object o ON o.seq = m.seq
WHERE m.version = (SELECT max(x.version) FROM mine x WHERE x.author = m.author) ORDER BY m.seq LIMIT :most;
-- name: kept_drop
DELETE FROM indicator_kept WHERE org = :org AND id = :id;

-- name: waiting_put
INSERT INTO indicator_waiting (org, origin, id, at) VALUES (:org, :origin, :id, :at)
ON CONFLICT (org, origin, id) DO UPDATE SET at = excluded.at;
-- name: waiting_drop
DELETE FROM indicator_waiting WHERE org = :org AND origin = :origin AND id = :id;
-- name: waiting_due
SELECT i.id, i.origin, i.kind, i.value, i.state, i.evidence, i.alert, i.incident, i.derived_from, i.created,
       i.modified, i.valid_until, i.json, i.published, i.policy, i.since, i.held
FROM indicator_waiting AS w JOIN indicator AS i ON i.org = w.org AND i.origin = w.origin AND i.id = w.id
WHERE w.org = :org AND w.at <= :now ORDER BY w.at LIMIT :most;

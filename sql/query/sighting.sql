-- Statements of isac: sightings of indicators in our own events.

-- name: sighting_add
INSERT INTO indicator_sighting (org, indicator, value, list, count, first, last, position)
VALUES (:org, :indicator, :value, :list, :count, :first, :last, :position)
ON CONFLICT (org, indicator) DO UPDATE SET value = excluded.value, list = excluded.list,
    count = indicator_sighting.count + excluded.count,
    first = CASE WHEN excluded.first < indicator_sighting.first THEN excluded.first
            ELSE indicator_sighting.first END,
    last = CASE WHEN excluded.last > indicator_sighting.last THEN excluded.last
           ELSE indicator_sighting.last END,
    position = excluded.position
WHERE excluded.position > indicator_sighting.position;

-- name: sighting_get
SELECT indicator, value, list, count, first, last FROM indicator_sighting
WHERE org = :org AND indicator = :indicator;

-- name: indicator_standing
SELECT origin, id, kind, value, state, valid_until FROM indicator
WHERE org = :org AND state IN ('provisional', 'active') AND NOT (origin = '' AND derived_from <> '')
    AND (origin, id) > (:origin, :id)
ORDER BY origin, id LIMIT :most;

-- name: sighting_window_add
INSERT INTO sighting_window (org, indicator, start, due, value, count, first, last)
VALUES (:org, :indicator, :now,
    CAST(:now AS BIGINT) + CASE WHEN EXISTS (SELECT 1 FROM sighting_told AS d WHERE d.org = :org AND d.indicator = :indicator
                             AND d.at > :lately) THEN CAST(:later AS BIGINT)
        ELSE CAST(:soon AS BIGINT) END,
    :value, :count, :first, :last)
ON CONFLICT (org, indicator) DO UPDATE SET value = excluded.value,
    count = sighting_window.count + excluded.count,
    first = CASE WHEN excluded.first < sighting_window.first THEN excluded.first ELSE sighting_window.first END,
    last = CASE WHEN excluded.last > sighting_window.last THEN excluded.last ELSE sighting_window.last END;
-- name: sighting_window_list
SELECT indicator, start, due, value, count, first, last FROM sighting_window
WHERE org = :org AND due <= :now ORDER BY due, indicator LIMIT :most;
-- name: sighting_window_drop
DELETE FROM sighting_window WHERE org = :org AND indicator = :indicator;
-- name: sighting_told
INSERT INTO sighting_told (org, indicator, at) VALUES (:org, :indicator, :at)
ON CONFLICT (org, indicator) DO UPDATE SET at = excluded.at;
-- name: sighting_place_get
-- scope: node — the journal is the node's
SELECT position FROM sighting_place WHERE one = 1;
-- name: sighting_place_set
-- scope: node — the journal is the node's
INSERT INTO sighting_place (one, position) VALUES (1, :position)
ON CONFLICT (one) DO UPDATE SET position = excluded.position WHERE excluded.position > sighting_place.position;
-- name: sighting_member_put
INSERT INTO sighting_member (org, indicator, id, peer, version, count, first, last)
VALUES (:org, :indicator, :id, :peer, :version, :count, :first, :last)
ON CONFLICT (org, indicator, peer, id) DO UPDATE SET version = excluded.version, count = excluded.count,
    first = excluded.first, last = excluded.last WHERE excluded.version > sighting_member.version;
-- name: sighting_member_list
SELECT m.peer, COALESCE(p.node, ''), COALESCE(p.name, ''), CAST(SUM(m.count) AS BIGINT), MIN(m.first), MAX(m.last)
FROM sighting_member AS m LEFT JOIN peer AS p ON p.org = m.org AND p.id = m.peer
WHERE m.org = :org AND m.indicator = :indicator GROUP BY m.peer, p.node, p.name ORDER BY m.peer LIMIT :most;
-- name: sighting_member_sum
SELECT count(DISTINCT peer), CAST(COALESCE(SUM(count), 0) AS BIGINT), COALESCE(MIN(first), 0),
    COALESCE(MAX(last), 0) FROM sighting_member WHERE org = :org AND indicator = :indicator AND count > 0;
-- name: sighting_archive_put
INSERT INTO sighting_archive (org, indicator, value, count, first, last, at)
VALUES (:org, :indicator, :value, :count, :first, :last, :at)
ON CONFLICT (org, indicator) DO UPDATE SET value = excluded.value, count = excluded.count,
    first = excluded.first, last = excluded.last, at = excluded.at;
-- name: sighting_archive_get
SELECT indicator, value, '', count, first, last FROM sighting_archive WHERE org = :org AND indicator = :indicator;
-- name: hunt_add
INSERT INTO hunt (org, seq, at, entries)
SELECT :org, COALESCE(MAX(seq), 0) + 1, :at, :entries FROM hunt WHERE org = :org;
-- name: hunt_next
SELECT seq, at, entries FROM hunt WHERE org = :org ORDER BY seq LIMIT 1000;
-- name: hunt_count
SELECT count(*) FROM hunt WHERE org = :org;
-- name: hunt_drop
DELETE FROM hunt WHERE org = :org AND seq <= :seq;

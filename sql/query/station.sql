-- Statements of isac: stations that attacks are commanded through (isac/station.h).

-- name: station_add
INSERT INTO station (org, id, number, kind, value, port, family, side, country, operator, state, since, incident, indicator, days,
    due, looked, found, moved_to, account, created, changed, entries)
SELECT :org, :id, coalesce((SELECT max(x.number) FROM station x WHERE x.org = :org), 0) + 1, CAST(:kind AS BIGINT), :value,
    CAST(:port AS BIGINT), :family, CAST(:side AS BIGINT), :country, :operator, 0, CAST(:now AS BIGINT), :incident, :indicator,
    CAST(:days AS BIGINT), CAST(:due AS BIGINT), 0, 0, '', :account, CAST(:now AS BIGINT), CAST(:now AS BIGINT), 1;

-- name: station_set
UPDATE station SET port = :port, family = :family, side = :side, country = :country, operator = :operator, state = :state,
    since = :since, indicator = :indicator, days = :days, due = :due, looked = :looked, found = :found, moved_to = :moved_to,
    changed = :now, entries = :entries
WHERE org = :org AND id = :id;

-- name: station_of_value
SELECT CAST(number AS TEXT) FROM station WHERE org = :org AND kind = :kind AND value = :value AND substr(value, 1, 200) = substr(:value, 1, 200);

-- name: station_size
SELECT count(*) FROM station WHERE org = :org;

-- name: station_get
-- By id or number, with what was seen of indicators of its value: the same events count for each of this node's, so the
-- largest of them; of members all.
SELECT s.id, s.number, s.kind, s.value, s.port, s.family, s.side, s.country, s.operator, s.state, s.since, s.incident, s.indicator,
    s.days, s.due, s.looked, s.found, s.moved_to, s.account, s.created, s.changed, s.entries,
    coalesce((SELECT max(g.count) FROM indicator i JOIN indicator_sighting g ON g.org = i.org AND g.indicator = i.id
        WHERE i.org = s.org AND i.kind = s.kind AND i.value = s.value AND substr(i.value, 1, 200) = substr(s.value, 1, 200)), 0),
    CAST(coalesce((SELECT sum(m.count) FROM indicator i JOIN sighting_member m ON m.org = i.org AND m.indicator = i.id
        WHERE i.org = s.org AND i.kind = s.kind AND i.value = s.value AND substr(i.value, 1, 200) = substr(s.value, 1, 200)), 0) AS BIGINT),
    coalesce((SELECT max(g.last) FROM indicator i JOIN indicator_sighting g ON g.org = i.org AND g.indicator = i.id
        WHERE i.org = s.org AND i.kind = s.kind AND i.value = s.value AND substr(i.value, 1, 200) = substr(s.value, 1, 200)), 0),
    coalesce((SELECT max(m.last) FROM indicator i JOIN sighting_member m ON m.org = i.org AND m.indicator = i.id
        WHERE i.org = s.org AND i.kind = s.kind AND i.value = s.value AND substr(i.value, 1, 200) = substr(s.value, 1, 200)), 0)
FROM station s WHERE s.org = :org AND (s.id = :id OR s.number = :number);

-- name: station_list
-- The same, the newest first.  state and side -1, words and incident '': any; late: to be looked at by then; back: gone, and
-- seen since; lately: stands, and seen after the edge.
SELECT q.* FROM (
SELECT s.id, s.number, s.kind, s.value, s.port, s.family, s.side, s.country, s.operator, s.state, s.since, s.incident, s.indicator,
    s.days, s.due, s.looked, s.found, s.moved_to, s.account, s.created, s.changed, s.entries,
    coalesce((SELECT max(g.count) FROM indicator i JOIN indicator_sighting g ON g.org = i.org AND g.indicator = i.id
        WHERE i.org = s.org AND i.kind = s.kind AND i.value = s.value AND substr(i.value, 1, 200) = substr(s.value, 1, 200)), 0) AS here,
    CAST(coalesce((SELECT sum(m.count) FROM indicator i JOIN sighting_member m ON m.org = i.org AND m.indicator = i.id
        WHERE i.org = s.org AND i.kind = s.kind AND i.value = s.value AND substr(i.value, 1, 200) = substr(s.value, 1, 200)), 0) AS BIGINT)
        AS members,
    coalesce((SELECT max(g.last) FROM indicator i JOIN indicator_sighting g ON g.org = i.org AND g.indicator = i.id
        WHERE i.org = s.org AND i.kind = s.kind AND i.value = s.value AND substr(i.value, 1, 200) = substr(s.value, 1, 200)), 0) AS seen_here,
    coalesce((SELECT max(m.last) FROM indicator i JOIN sighting_member m ON m.org = i.org AND m.indicator = i.id
        WHERE i.org = s.org AND i.kind = s.kind AND i.value = s.value AND substr(i.value, 1, 200) = substr(s.value, 1, 200)), 0)
        AS seen_members
FROM station s
WHERE s.org = :org AND s.number < :number AND (:state = -1 OR s.state = :state) AND (:side = -1 OR s.side = :side)
  AND (:incident = '' OR s.incident = :incident) AND (:late = 0 OR (s.due > 0 AND s.due < :now))
  AND (:words = '' OR lower(s.value || ' ' || s.family || ' ' || s.operator || ' ' || s.country) LIKE :words ESCAPE '!')) q
WHERE (:back = 0 OR (q.state = 2 AND (q.seen_here > q.since OR q.seen_members > q.since)))
  AND (:lately = 0 OR (q.state < 2 AND (q.seen_here > :edge OR q.seen_members > :edge)))
ORDER BY q.number DESC LIMIT :most;

-- name: station_count
SELECT s.state, s.side, count(*), count(CASE WHEN s.due > 0 AND s.due < :now THEN 1 END) FROM station s
WHERE s.org = :org GROUP BY s.state, s.side;

-- name: station_seen
-- When each that was seen at all was seen last, with its state and since when it is in it.
SELECT s.state, s.since, max(CASE WHEN coalesce(g.last, 0) > coalesce(m.last, 0) THEN coalesce(g.last, 0) ELSE coalesce(m.last, 0) END)
FROM station s JOIN indicator i ON i.org = s.org AND i.kind = s.kind AND i.value = s.value
    AND substr(i.value, 1, 200) = substr(s.value, 1, 200)
LEFT JOIN indicator_sighting g ON g.org = i.org AND g.indicator = i.id
LEFT JOIN sighting_member m ON m.org = i.org AND m.indicator = i.id
WHERE s.org = :org AND (g.last IS NOT NULL OR m.last IS NOT NULL) GROUP BY s.id, s.state, s.since;

-- name: station_entry_add
INSERT INTO station_entry (org, station, seq, at, account, state, look, note)
VALUES (:org, :station, :seq, :at, :account, :state, :look, :note);

-- name: station_entry_list
SELECT at, account, state, look, note FROM station_entry WHERE org = :org AND station = :station ORDER BY seq DESC LIMIT :most;

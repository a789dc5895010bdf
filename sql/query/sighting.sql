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

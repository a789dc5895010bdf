-- name: incident_file_add
INSERT INTO incident_file (org, incident, event, size, bytes) VALUES (:org, :incident, :event, :size, :bytes);

-- name: incident_file_held
SELECT event FROM incident_file WHERE org = :org AND incident = :incident ORDER BY event LIMIT :most;

-- name: incident_file_bytes
SELECT bytes FROM incident_file WHERE org = :org AND incident = :incident AND event = :event;

-- name: incident_file_remove
DELETE FROM incident_file WHERE org = :org AND incident = :incident AND event = :event;

-- name: incident_file_total
SELECT CAST(coalesce(sum(size), 0) AS BIGINT) FROM incident_file WHERE org = :org;

-- name: manning_add
INSERT INTO manning (org, id, who, place, contact, name, incident, title, arrived, arrived_by, gone, gone_by, note)
VALUES (:org, :id, :who, :place, :contact, :name, :incident, :title, :arrived, :by, 0, '', :note)
ON CONFLICT DO NOTHING;

-- name: manning_get
SELECT id, who, place, contact, name, incident, title, arrived, arrived_by, gone, gone_by, note
FROM manning WHERE org = :org AND id = :id;

-- name: manning_leave
UPDATE manning SET gone = :gone, gone_by = :by WHERE org = :org AND id = :id AND gone = 0;

-- name: manning_list
SELECT id, who, place, contact, name, incident, title, arrived, arrived_by, gone, gone_by, note
FROM manning WHERE org = :org AND (arrived, id) < (CAST(:at AS BIGINT), :id)
ORDER BY arrived DESC, id DESC LIMIT :most;

-- name: manning_of
SELECT id, who, place, contact, name, incident, title, arrived, arrived_by, gone, gone_by, note
FROM manning WHERE org = :org AND incident = :incident AND (arrived, id) < (CAST(:at AS BIGINT), :id)
ORDER BY arrived DESC, id DESC LIMIT :most;

-- name: manning_there
SELECT id, who, place, contact, name, incident, title, arrived, arrived_by, gone, gone_by, note
FROM manning WHERE org = :org AND gone = 0 ORDER BY who, place, arrived, id LIMIT :most;

-- name: playbook_list
SELECT json FROM playbook WHERE org = :org ORDER BY id LIMIT :most;

-- name: playbook_count
SELECT count(*) FROM playbook WHERE org = :org AND id <> :id;

-- name: playbook_put
INSERT INTO playbook (org, id, json, changed) VALUES (:org, :id, :json, :changed)
ON CONFLICT (org, id) DO UPDATE SET json = excluded.json, changed = excluded.changed;

-- name: playbook_remove
DELETE FROM playbook WHERE org = :org AND id = :id;

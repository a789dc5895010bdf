-- name: playbook_list
SELECT id, json FROM playbook WHERE org = :org ORDER BY id LIMIT :most;

-- name: playbook_count
SELECT count(*) FROM playbook WHERE org = :org AND id <> :id;

-- name: playbook_put
INSERT INTO playbook (org, id, json, changed) VALUES (:org, :id, :json, :changed)
ON CONFLICT (org, id) DO UPDATE SET json = excluded.json, changed = excluded.changed;

-- name: playbook_remove
DELETE FROM playbook WHERE org = :org AND id = :id;

-- name: playbook_version_add
INSERT INTO playbook_version (org, id, version, act, json, account, at) VALUES (:org, :id, :version, :act, :json, :account, :at);

-- name: playbook_versions
SELECT version, act, json, account, at FROM playbook_version WHERE org = :org AND id = :id ORDER BY version DESC LIMIT :most;

-- name: playbook_ids
SELECT count(DISTINCT id) FROM playbook_version WHERE org = :org AND id <> :id;

-- name: playbook_last
SELECT v.id, v.version, v.act FROM playbook_version v WHERE v.org = :org
    AND v.version = (SELECT max(w.version) FROM playbook_version w WHERE w.org = :org AND w.id = v.id) ORDER BY v.id;

-- name: playbook_files
SELECT json FROM playbook_file WHERE org = :org ORDER BY place LIMIT :most;

-- name: playbook_files_clear
DELETE FROM playbook_file WHERE org = :org;

-- name: playbook_file_add
INSERT INTO playbook_file (org, place, json) VALUES (:org, :place, :json);

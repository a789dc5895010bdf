-- name: report_draft_save
INSERT INTO report_draft (id, org, account, stage, incident, title, filled, alert, mail, base, created, updated)
VALUES (:id, :org, :account, :stage, :incident, :title, :filled, :alert, :mail, :base, :now, :now)
ON CONFLICT (id) DO UPDATE SET title = excluded.title, filled = excluded.filled, base = excluded.base,
    updated = excluded.updated
WHERE report_draft.org = excluded.org AND report_draft.account = excluded.account;

-- name: report_draft_get
SELECT id, stage, incident, title, filled, alert, mail, base, updated FROM report_draft
WHERE org = :org AND account = :account AND id = :id;

-- name: report_draft_list
SELECT id, stage, incident, title, '', alert, mail, '', updated FROM report_draft
WHERE org = :org AND account = :account ORDER BY updated DESC, id LIMIT 50;

-- name: report_draft_count
SELECT COUNT(*) FROM report_draft WHERE org = :org AND account = :account AND id <> :id;

-- name: report_draft_remove
DELETE FROM report_draft WHERE org = :org AND account = :account AND id = :id;

-- name: report_serial_next
INSERT INTO report_serial (org, year, exercise, last) VALUES (:org, :year, :exercise, 1)
ON CONFLICT (org, year, exercise) DO UPDATE SET last = report_serial.last + 1 RETURNING last;

-- name: report_addition_put
-- scope: node  the form is the node's, for all its tenants
INSERT INTO report_addition (name, json, changed) VALUES (:name, :json, :now)
ON CONFLICT (name) DO UPDATE SET json = excluded.json, changed = excluded.changed;

-- name: report_addition_remove
-- scope: node  as above
DELETE FROM report_addition WHERE name = :name;

-- name: report_addition_all
-- scope: node  as above
SELECT name, json FROM report_addition ORDER BY name;

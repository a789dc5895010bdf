-- name: case_import_add
INSERT INTO case_import (org, id, name, format, mapping, dry, state, account, created, ended, size, total, place, made, already, refused, lost, trouble)
VALUES (:org, :id, :name, :format, :mapping, :dry, 0, :account, :created, 0, :size, 0, 0, 0, 0, 0, 0, '');

-- name: case_import_file_add
INSERT INTO case_import_file (org, id, bytes) VALUES (:org, :id, :bytes);

-- name: case_import_file
SELECT bytes FROM case_import_file WHERE org = :org AND id = :id;

-- name: case_import_file_drop
DELETE FROM case_import_file WHERE org = :org AND id = :id;

-- name: case_import_get
SELECT id, name, format, mapping, dry, state, account, created, ended, size, total, place, made, already, refused, lost, trouble FROM case_import WHERE org = :org AND id = :id;

-- name: case_import_list
SELECT id, name, format, mapping, dry, state, account, created, ended, size, total, place, made, already, refused, lost, trouble FROM case_import WHERE org = :org ORDER BY created DESC, id LIMIT :most;

-- name: case_import_running
SELECT count(*) FROM case_import WHERE org = :org AND state <= 1;

-- name: case_import_due
-- scope: node  one file at a time, whichever tenant's
SELECT org, id FROM case_import WHERE state <= 1 ORDER BY state DESC, created, id LIMIT 1;

-- name: case_import_set
UPDATE case_import SET dry = :dry, state = :state, ended = :ended, total = :total, place = :place, made = :made, already = :already,
    refused = :refused, lost = :lost, trouble = :trouble, account = :account
WHERE org = :org AND id = :id;

-- name: case_import_drop
DELETE FROM case_import WHERE org = :org AND id = :id;

-- name: case_import_note_add
INSERT INTO case_import_note (org, id, kind, n, place, value, why) VALUES (:org, :id, :kind, :n, :place, :value, :why);

-- name: case_import_notes
SELECT kind, place, value, why FROM case_import_note WHERE org = :org AND id = :id ORDER BY kind, n LIMIT :most;

-- name: case_import_notes_drop
DELETE FROM case_import_note WHERE org = :org AND id = :id;

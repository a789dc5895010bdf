-- name: statement_insert
INSERT INTO statement (org, id, seq, state, form, shown, version, author, reviewer, note, entries, created, changed, published, incident, exercise, number, first)
SELECT :org, :id, coalesce(max(seq), 0) + 1, 0, '', '', 0, '', '', '', 0, :now, :now, 0, :incident, :exercise, 0, 0 FROM statement WHERE org = :org;

-- name: statement_update
UPDATE statement SET state = :state, form = :form, shown = :shown, version = :version, author = :author, reviewer = :reviewer,
  note = :note, entries = :entries, changed = :changed, published = :published, number = :number, first = :first
WHERE org = :org AND id = :id;

-- name: statement_get
SELECT id, seq, state, form, shown, version, author, reviewer, note, entries, created, changed, published, incident, exercise, number, first
FROM statement WHERE org = :org AND id = :id;

-- name: statement_list
-- state -1: any; out = 1: only what was released.
SELECT id, seq, state, form, shown, version, author, reviewer, note, entries, created, changed, published, incident, exercise, number, first
FROM statement
WHERE org = :org AND seq < :before AND (:state = -1 OR state = :state) AND (:out = 0 OR version > 0)
  AND (:incident = '' OR incident = :incident)
ORDER BY seq DESC LIMIT :limit;

-- name: statement_open
-- What the public has; only real ones have a number.
SELECT id, seq, state, form, shown, version, author, reviewer, note, entries, created, changed, published, incident, exercise, number, first
FROM statement WHERE org = :org AND number > 0 AND number < :before ORDER BY number DESC LIMIT :limit;

-- name: statement_open_get
SELECT id, seq, state, form, shown, version, author, reviewer, note, entries, created, changed, published, incident, exercise, number, first
FROM statement WHERE org = :org AND number = :number AND number > 0;

-- name: statement_last
SELECT coalesce(max(number), 0) FROM statement WHERE org = :org;

-- name: statement_event_add
INSERT INTO statement_event (org, id, seq, at, account, act, note, form)
VALUES (:org, :id, :seq, :at, :account, :act, :note, :form);

-- name: statement_event_list
SELECT seq, at, account, act, note, form FROM statement_event WHERE org = :org AND id = :id ORDER BY seq DESC LIMIT 200;

-- name: statement_versions
SELECT seq, at, account, act, note, '' AS form FROM statement_event
WHERE org = :org AND id = :id AND act IN (:publish, :withdraw) ORDER BY seq DESC LIMIT 200;

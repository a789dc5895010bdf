-- name: advisory_put
INSERT INTO advisory (org, origin, id, seq, kind, state, exercise, title, form, author, reviewer, note, created,
    changed, published, version, tlp, marking, indicators, json)
VALUES (:org, :origin, :id, :seq, :kind, :state, :exercise, :title, :form, :author, :reviewer, :note, :created,
    :changed, :published, :version, :tlp, :marking, :indicators, :json)
ON CONFLICT (org, origin, id) DO UPDATE SET state = excluded.state, title = excluded.title, form = excluded.form,
    author = excluded.author, reviewer = excluded.reviewer, note = excluded.note, changed = excluded.changed,
    published = excluded.published, version = excluded.version, tlp = excluded.tlp, marking = excluded.marking,
    indicators = excluded.indicators, json = excluded.json;

-- name: advisory_get
-- Ours first: an id of ours that a peer uses too is ours.
SELECT origin, id, seq, kind, state, exercise, title, form, author, reviewer, note, created, changed, published,
    version, tlp, marking, indicators, json FROM advisory
WHERE org = :org AND id = :id ORDER BY origin LIMIT 1;

-- name: advisory_of
SELECT origin, id, seq, kind, state, exercise, title, form, author, reviewer, note, created, changed, published,
    version, tlp, marking, indicators, json FROM advisory
WHERE org = :org AND origin = :origin AND id = :id;

-- name: advisory_list
-- -1 is any kind, any state; a list needs no report, and the form only to look for words in it.
SELECT origin, id, seq, kind, state, exercise, title, CASE WHEN :words = 1 THEN form ELSE '' END, author, reviewer, note, created, changed, published,
    version, tlp, marking, '', '' FROM advisory
WHERE org = :org AND seq < :before AND (:kind = -1 OR kind = :kind) AND (:state = -1 OR state = :state)
ORDER BY seq DESC LIMIT :most;

-- name: advisory_event_add
INSERT INTO advisory_event (org, id, seq, at, account, act, note, form)
SELECT :org, :id, coalesce(max(seq), 0) + 1, :at, :account, :act, :note, :form FROM advisory_event
WHERE org = :org AND id = :id;

-- name: advisory_event_list
SELECT seq, at, account, act, note, form FROM advisory_event WHERE org = :org AND id = :id ORDER BY seq;

-- name: advisory_file_add
INSERT INTO advisory_file (org, id, seq, name, type, size, sha256, bytes)
SELECT :org, :id, coalesce(max(seq), 0) + 1, :name, :type, :size, :sha256, :bytes FROM advisory_file
WHERE org = :org AND id = :id;

-- name: advisory_file_list
SELECT seq, name, type, size, sha256, '' FROM advisory_file WHERE org = :org AND id = :id ORDER BY seq;

-- name: advisory_file_whole
SELECT seq, name, type, size, sha256, bytes FROM advisory_file
WHERE org = :org AND id = :id AND (:seq = 0 OR seq = :seq) ORDER BY seq;

-- name: advisory_file_del
DELETE FROM advisory_file WHERE org = :org AND id = :id AND seq = :seq;

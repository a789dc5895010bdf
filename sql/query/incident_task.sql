-- name: incident_task_get
SELECT t.id, t.incident, i.title, i.exercise, t.number, t.origin, t.phase, t.state, t.title, t.detail, t.assignee, t.due, t.added,
    t.ended, t.entries, t.account
FROM incident_task t JOIN incident i ON i.org = t.org AND i.id = t.incident
WHERE t.org = :org AND t.id = :id AND (i.tlp <= :tlp OR i.author = :reader);

-- name: incident_task_of
SELECT t.id, t.incident, i.title, i.exercise, t.number, t.origin, t.phase, t.state, t.title, t.detail, t.assignee, t.due, t.added,
    t.ended, t.entries, t.account
FROM incident_task t JOIN incident i ON i.org = t.org AND i.id = t.incident
WHERE t.org = :org AND t.incident = :incident ORDER BY t.phase, t.due, t.number LIMIT :most;

-- name: incident_task_open
-- What is due first comes first; what has no time, last.
SELECT t.id, t.incident, i.title, i.exercise, t.number, t.origin, t.phase, t.state, t.title, t.detail, t.assignee, t.due, t.added,
    t.ended, t.entries, t.account
FROM incident_task t JOIN incident i ON i.org = t.org AND i.id = t.incident
WHERE t.org = :org AND t.ended = 0 AND (t.due, t.number) > (CAST(:due AS BIGINT), CAST(:number AS BIGINT)) AND t.due <= CAST(:until AS BIGINT)
  AND (i.tlp <= :tlp OR i.author = :reader)
ORDER BY t.due, t.number LIMIT :most;

-- name: incident_task_open_by
SELECT t.id, t.incident, i.title, i.exercise, t.number, t.origin, t.phase, t.state, t.title, t.detail, t.assignee, t.due, t.added,
    t.ended, t.entries, t.account
FROM incident_task t JOIN incident i ON i.org = t.org AND i.id = t.incident
WHERE t.org = :org AND t.assignee = :assignee AND t.ended = 0 AND (t.due, t.number) > (CAST(:due AS BIGINT), CAST(:number AS BIGINT)) AND t.due <= CAST(:until AS BIGINT)
  AND (i.tlp <= :tlp OR i.author = :reader)
ORDER BY t.due, t.number LIMIT :most;

-- name: incident_task_ended
SELECT t.id, t.incident, i.title, i.exercise, t.number, t.origin, t.phase, t.state, t.title, t.detail, t.assignee, t.due, t.added,
    t.ended, t.entries, t.account
FROM incident_task t JOIN incident i ON i.org = t.org AND i.id = t.incident
WHERE t.org = :org AND t.ended > 0 AND (t.ended, t.number) < (CAST(:ended AS BIGINT), CAST(:number AS BIGINT))
  AND (i.tlp <= :tlp OR i.author = :reader)
ORDER BY t.ended DESC, t.number DESC LIMIT :most;

-- name: incident_task_ended_by
SELECT t.id, t.incident, i.title, i.exercise, t.number, t.origin, t.phase, t.state, t.title, t.detail, t.assignee, t.due, t.added,
    t.ended, t.entries, t.account
FROM incident_task t JOIN incident i ON i.org = t.org AND i.id = t.incident
WHERE t.org = :org AND t.assignee = :assignee AND t.ended > 0 AND (t.ended, t.number) < (CAST(:ended AS BIGINT), CAST(:number AS BIGINT))
  AND (i.tlp <= :tlp OR i.author = :reader)
ORDER BY t.ended DESC, t.number DESC LIMIT :most;

-- name: incident_task_count
-- No further than :most, so that it takes a bounded time.
SELECT count(*) FROM (SELECT 1 AS one FROM incident_task t JOIN incident i ON i.org = t.org AND i.id = t.incident
    WHERE t.org = :org AND t.ended = 0 AND t.due <= CAST(:until AS BIGINT)
      AND (i.tlp <= :tlp OR i.author = :reader) LIMIT :most) AS few;

-- name: incident_task_count_by
SELECT count(*) FROM (SELECT 1 AS one FROM incident_task t JOIN incident i ON i.org = t.org AND i.id = t.incident
    WHERE t.org = :org AND t.assignee = :assignee AND t.ended = 0 AND t.due <= CAST(:until AS BIGINT)
      AND (i.tlp <= :tlp OR i.author = :reader) LIMIT :most) AS few;

-- name: incident_task_count_of
SELECT count(*) FROM incident_task WHERE org = :org AND incident = :incident;

-- name: incident_task_add
INSERT INTO incident_task (org, id, incident, number, origin, phase, state, title, detail, assignee, due, added, ended,
    entries, account)
SELECT :org, :id, :incident, coalesce((SELECT max(x.number) FROM incident_task x WHERE x.org = :org), 0) + 1, :origin,
    :phase, :state, :title, :detail, :assignee, :due, :added, 0, 1, :account;

-- name: incident_task_set
UPDATE incident_task SET phase = :phase, state = :state, title = :title, assignee = :assignee, due = :due,
    ended = :ended, entries = :entries
WHERE org = :org AND id = :id;

-- name: incident_task_release_entries
-- Of each open task that an account had: it is nobody's from then on.
INSERT INTO incident_task_entry (org, task, seq, at, account, phase, state, title, assignee, due, note)
SELECT org, id, entries + 1, CAST(:at AS BIGINT), :account, phase, state, title, '', due, :note FROM incident_task
WHERE org = :org AND assignee = :assignee AND ended = 0;

-- name: incident_task_release
UPDATE incident_task SET assignee = '', entries = entries + 1 WHERE org = :org AND assignee = :assignee AND ended = 0;

-- name: incident_task_entry_add
INSERT INTO incident_task_entry (org, task, seq, at, account, phase, state, title, assignee, due, note)
VALUES (:org, :task, :seq, :at, :account, :phase, :state, :title, :assignee, :due, :note);

-- name: incident_task_entry_list
SELECT at, account, phase, state, title, assignee, due, note FROM incident_task_entry
WHERE org = :org AND task = :task ORDER BY seq LIMIT :most;

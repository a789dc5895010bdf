-- name: inbox_known
SELECT id FROM inbox WHERE org = :org AND sha256 = :sha256;

-- name: inbox_add
INSERT INTO inbox (org, id, number, state, received, sent, sender, sender_name, subject, message, automatic, size, sha256,
    incident, event, account, decided, reason)
SELECT :org, :id, coalesce((SELECT max(x.number) FROM inbox x WHERE x.org = :org), 0) + 1, 0, :received, :sent, :sender,
    :sender_name, :subject, :message, :automatic, :size, :sha256, :incident, '', '', 0, '';

-- name: inbox_source_add
INSERT INTO inbox_source (org, id, size, bytes) VALUES (:org, :id, :size, :bytes);

-- name: inbox_source_get
SELECT bytes FROM inbox_source WHERE org = :org AND id = :id;

-- name: inbox_source_remove
DELETE FROM inbox_source WHERE org = :org AND id = :id;

-- name: inbox_source_count
SELECT count(*), CAST(coalesce(sum(size), 0) AS BIGINT) FROM inbox_source WHERE org = :org;

-- name: inbox_get
SELECT id, number, state, received, sent, sender, sender_name, subject, message, automatic, size, sha256, incident, event,
    account, decided, reason
FROM inbox WHERE org = :org AND id = :id AND (incident = '' OR NOT EXISTS (SELECT 1 FROM incident i WHERE i.org = inbox.org AND i.id = inbox.incident
    AND i.tlp > :tlp AND i.author <> :reader));

-- name: inbox_list
SELECT id, number, state, received, sent, sender, sender_name, subject, message, automatic, size, sha256, incident, event,
    account, decided, reason
FROM inbox WHERE org = :org AND number < :before AND (incident = '' OR NOT EXISTS (SELECT 1 FROM incident i WHERE i.org = inbox.org AND i.id = inbox.incident
    AND i.tlp > :tlp AND i.author <> :reader))
ORDER BY number DESC LIMIT :most;

-- name: inbox_list_state
SELECT id, number, state, received, sent, sender, sender_name, subject, message, automatic, size, sha256, incident, event,
    account, decided, reason
FROM inbox WHERE org = :org AND state = :state AND number < :before AND (incident = '' OR NOT EXISTS (SELECT 1 FROM incident i WHERE i.org = inbox.org AND i.id = inbox.incident
    AND i.tlp > :tlp AND i.author <> :reader))
ORDER BY number DESC LIMIT :most;

-- name: inbox_decide
UPDATE inbox SET state = :state, incident = :incident, event = :event, account = :account, decided = :now, reason = :reason
WHERE org = :org AND id = :id AND state = 0;

-- name: inbox_alone
SELECT count(*) FROM inbox WHERE org = :org AND incident = :incident AND state = 1 AND account = '';

-- name: inbox_follow
INSERT INTO mail_thread (org, message, incident) VALUES (:org, :message, :incident) ON CONFLICT DO NOTHING;

-- name: inbox_thread
SELECT incident FROM mail_thread WHERE org = :org AND message = :message;

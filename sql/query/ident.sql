-- name: organisation_insert
INSERT INTO organisation (id, name, oid, parent, created) VALUES (:id, :name, :oid, :parent, :created);

-- name: organisation_get
SELECT id, name, oid, parent, created, 0, 0 FROM organisation WHERE id = :id;

-- name: organisation_page
-- scope: node: the tenants are the node's; the service lets its administrators in alone
SELECT id, name, oid, parent, created,
  (SELECT count(*) FROM account a WHERE a.org = o.id), (SELECT count(*) FROM account a WHERE a.org = o.id AND a.disabled = 0)
FROM organisation o WHERE parent = :parent AND name > :after ORDER BY name LIMIT :most;

-- name: organisation_count
SELECT count(*) FROM organisation;

-- name: organisation_same
SELECT count(*) FROM organisation WHERE id <> :but AND (name = :name OR (oid = :oid AND oid <> ''));

-- name: organisation_set
UPDATE organisation SET name = :name, oid = :oid WHERE id = :id;

-- name: organisation_rename
UPDATE organisation SET name = :name WHERE id = :id;

-- name: account_insert
INSERT INTO account (id, org, name, display, password, roles, created)
VALUES (:id, :org, :name, :display, :password, :roles, :created);

-- name: account_count
-- scope: node: whether the node has anyone at all is asked at its first start
SELECT count(*) FROM account;

-- name: account_admins
-- scope: node: the last administrator of the node is kept, whoever asks
SELECT count(*) FROM account WHERE roles % 2 = 1 AND disabled = 0 AND org = :home AND id <> :but;

-- name: account_by_id
-- scope: node: who may see it is decided by the service from the row's organisation
SELECT id, org, name, display, roles, disabled, totp_on, created, seen FROM account WHERE id = :id;

-- name: account_by_name
-- scope: node: names are unique on the node; the service decides who may see it
SELECT id, org, name, display, roles, disabled, totp_on, created, seen FROM account WHERE name = :name;

-- name: account_page
SELECT id, org, name, display, roles, disabled, totp_on, created, seen FROM account
WHERE org = :org AND name > :after ORDER BY name LIMIT :most;

-- name: account_login
-- scope: node: at login the organisation is not known yet
SELECT id, org, password, roles, disabled, totp_on, totp_secret, totp_last FROM account WHERE name = :name;

-- name: account_secret
-- scope: node: read by the service for the caller's own account
SELECT password, totp_secret, totp_on, totp_last FROM account WHERE id = :id;

-- name: account_set_password
UPDATE account SET password = :password WHERE id = :id AND org = :org;

-- name: account_set_roles
UPDATE account SET roles = :roles WHERE id = :id AND org = :org;

-- name: account_set_disabled
UPDATE account SET disabled = :disabled WHERE id = :id AND org = :org;

-- name: account_set_totp
UPDATE account SET totp_secret = :secret, totp_on = :totp_on, totp_last = :totp_last WHERE id = :id AND org = :org;

-- name: account_set_totp_last
UPDATE account SET totp_last = :totp_last WHERE id = :id AND org = :org AND totp_last < :totp_last;

-- name: account_set_seen
UPDATE account SET seen = :seen WHERE id = :id AND org = :org;

-- name: session_insert
-- scope: node: a session belongs to an account, which has the organisation
INSERT INTO session (hash, account, created, used) VALUES (:hash, :account, :created, :used);

-- name: session_get
-- scope: node: the session says whose organisation it is
SELECT s.account, s.created, s.used, account.org, account.roles, account.disabled
FROM session s JOIN account ON account.id = s.account WHERE s.hash = :hash;

-- name: session_touch
UPDATE session SET used = :used WHERE hash = :hash;

-- name: session_delete
DELETE FROM session WHERE hash = :hash;

-- name: session_delete_account
-- scope: node: the service has looked at the account's organisation before
DELETE FROM session WHERE account = :id;

-- name: session_sweep
DELETE FROM session WHERE used < :idle OR created < :oldest;

-- name: token_insert
INSERT INTO api_token (id, org, account, label, hash, roles, created, expires, pin)
VALUES (:id, :org, :account, :label, :hash, :roles, :created, :expires, :pin);

-- name: token_by_hash
-- scope: node: the token says whose organisation it is
SELECT api_token.account, api_token.roles, api_token.expires, account.org, account.roles, account.disabled
FROM api_token JOIN account ON account.id = api_token.account WHERE api_token.hash = :hash;

-- name: token_by_id
SELECT account, roles FROM api_token WHERE org = :org AND id = :id;

-- name: token_page
SELECT id, account, label, roles, created, expires, pin FROM api_token
WHERE org = :org AND account = :account AND id > :after ORDER BY id LIMIT :most;

-- name: token_delete
DELETE FROM api_token WHERE org = :org AND id = :id;

-- name: sender_page
-- scope: node: the intake worker serves the senders of every organisation
SELECT api_token.id, api_token.label, api_token.hash, api_token.roles, account.roles, api_token.expires
FROM api_token JOIN account ON account.id = api_token.account
WHERE account.disabled = 0 AND api_token.id > :after ORDER BY api_token.id LIMIT :most;

-- name: setting_get
SELECT value FROM setting WHERE key = :key;

-- name: setting_set
INSERT INTO setting (key, value) VALUES (:key, :value)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- Statements of ident: people who lost the second factor (ident/lost_factor.h).

-- name: lost_put
INSERT INTO lost_factor (org, account, id, secret, number, reason, remote, state, made, until, approver)
VALUES (:org, :account, :id, :secret, :number, :reason, :remote, 0, :made, :until, '')
ON CONFLICT (org, account) DO UPDATE SET id = :id, secret = :secret, number = :number, reason = :reason, remote = :remote,
    state = 0, made = :made, until = :until, approver = '';

-- name: lost_made
SELECT coalesce(max(made), 0) FROM lost_factor WHERE org = :org AND account = :account;

-- name: lost_by_secret
-- scope: node: who asks is nobody yet; the secret is the browser's own
SELECT l.id, l.account, a.name, a.display, l.number, l.reason, l.remote, l.state, l.made, l.until, l.approver, l.org, a.roles, a.disabled
FROM lost_factor l JOIN account a ON a.id = l.account WHERE l.secret = :secret AND l.until > :now;

-- name: lost_by_id
SELECT l.id, l.account, a.name, a.display, l.number, l.reason, l.remote, l.state, l.made, l.until, l.approver, l.org, a.roles, a.disabled
FROM lost_factor l JOIN account a ON a.id = l.account WHERE l.org = :org AND l.id = :id AND l.until > :now;

-- name: lost_list
SELECT l.id, l.account, a.name, a.display, l.number, l.reason, l.remote, l.state, l.made, l.until, l.approver, l.org, a.roles, a.disabled
FROM lost_factor l JOIN account a ON a.id = l.account
WHERE l.org = :org AND l.state = 0 AND l.until > :now ORDER BY l.made DESC, l.id LIMIT :most;

-- name: lost_decide
UPDATE lost_factor SET state = :state, until = :until, approver = :approver WHERE org = :org AND id = :id AND state = 0;

-- name: lost_clear
-- scope: node: it belongs to an account, which has the organisation
DELETE FROM lost_factor WHERE account = :account;

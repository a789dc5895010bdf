-- Statements of ident: recovery codes (ident/recovery.h).

-- name: recovery_clear
DELETE FROM recovery_code WHERE org = :org AND account = :account;

-- name: recovery_add
INSERT INTO recovery_code (org, account, hash) VALUES (:org, :account, :hash);

-- name: recovery_use
DELETE FROM recovery_code WHERE org = :org AND account = :account AND hash = :hash;

-- name: recovery_left
SELECT count(*) FROM recovery_code WHERE org = :org AND account = :account;

-- Recovery codes of accounts (ident/recovery.h): what is derived from each that is not used yet.
CREATE TABLE recovery_code (
    org     TEXT NOT NULL,
    account TEXT NOT NULL,
    hash    BLOB NOT NULL, -- HMAC-SHA-256 of the code under the account's id
    PRIMARY KEY (account, hash)
) STRICT, WITHOUT ROWID;

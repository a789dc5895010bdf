-- Recovery codes of accounts (ident/recovery.h): what is derived from each that is not used yet.
CREATE TABLE recovery_code (
    org     TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    hash    BYTEA NOT NULL, -- HMAC-SHA-256 of the code under the account's id
    PRIMARY KEY (account, hash)
);

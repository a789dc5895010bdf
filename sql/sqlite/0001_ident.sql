-- ident: organisations, accounts, sessions, tokens, settings and the audit chain

CREATE TABLE organisation (
    id      TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    oid     TEXT NOT NULL DEFAULT '',
    parent  TEXT REFERENCES organisation (id),
    created INTEGER NOT NULL
) STRICT;

CREATE TABLE account (
    id           TEXT PRIMARY KEY,
    org          TEXT NOT NULL REFERENCES organisation (id),
    name         TEXT NOT NULL UNIQUE,
    display      TEXT NOT NULL,
    password     TEXT NOT NULL,
    roles        INTEGER NOT NULL,
    totp_secret  BLOB,
    totp_on      INTEGER NOT NULL DEFAULT 0,
    totp_last    INTEGER NOT NULL DEFAULT 0,
    disabled     INTEGER NOT NULL DEFAULT 0,
    created      INTEGER NOT NULL,
    seen         INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX account_by_org ON account (org, name);

CREATE TABLE session (
    hash    BLOB PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id),
    created INTEGER NOT NULL,
    used    INTEGER NOT NULL
) STRICT;
CREATE INDEX session_by_account ON session (account);
CREATE INDEX session_by_used ON session (used);

CREATE TABLE api_token (
    id      TEXT PRIMARY KEY,
    org     TEXT NOT NULL REFERENCES organisation (id),
    account TEXT NOT NULL REFERENCES account (id),
    label   TEXT NOT NULL,
    hash    BLOB NOT NULL UNIQUE,
    roles   INTEGER NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL DEFAULT 0,
    UNIQUE (org, label)
) STRICT;
CREATE INDEX api_token_by_account ON api_token (account, id);

CREATE TABLE setting (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY,
    time    INTEGER NOT NULL,
    account TEXT NOT NULL,
    org     TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail  TEXT NOT NULL,
    prev    BLOB NOT NULL,
    hash    BLOB NOT NULL
) STRICT;
CREATE INDEX audit_by_org ON audit (org, seq);
CREATE INDEX audit_of_subject ON audit (subject, seq);

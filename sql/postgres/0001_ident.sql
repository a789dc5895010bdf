-- ident: organisations, accounts, sessions, tokens, settings and the audit chain

CREATE TABLE organisation (
    id      TEXT COLLATE "C" PRIMARY KEY,
    name    TEXT COLLATE "C" NOT NULL,
    oid     TEXT COLLATE "C" NOT NULL DEFAULT '',
    parent  TEXT COLLATE "C" REFERENCES organisation (id),
    created BIGINT NOT NULL
);

CREATE TABLE account (
    id           TEXT COLLATE "C" PRIMARY KEY,
    org          TEXT COLLATE "C" NOT NULL REFERENCES organisation (id),
    name         TEXT COLLATE "C" NOT NULL UNIQUE,
    display      TEXT COLLATE "C" NOT NULL,
    password     TEXT COLLATE "C" NOT NULL,
    roles        BIGINT NOT NULL,
    totp_secret  BYTEA,
    totp_on      SMALLINT NOT NULL DEFAULT 0,
    totp_last    BIGINT NOT NULL DEFAULT 0,
    disabled     SMALLINT NOT NULL DEFAULT 0,
    created      BIGINT NOT NULL,
    seen         BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX account_by_org ON account (org, name);

CREATE TABLE session (
    hash    BYTEA PRIMARY KEY,
    account TEXT COLLATE "C" NOT NULL REFERENCES account (id),
    created BIGINT NOT NULL,
    used    BIGINT NOT NULL
);
CREATE INDEX session_by_account ON session (account);
CREATE INDEX session_by_used ON session (used);

CREATE TABLE api_token (
    id      TEXT COLLATE "C" PRIMARY KEY,
    org     TEXT COLLATE "C" NOT NULL REFERENCES organisation (id),
    account TEXT COLLATE "C" NOT NULL REFERENCES account (id),
    label   TEXT COLLATE "C" NOT NULL,
    hash    BYTEA NOT NULL UNIQUE,
    roles   BIGINT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL DEFAULT 0,
    UNIQUE (org, label)
);
CREATE INDEX api_token_by_account ON api_token (account, id);

CREATE TABLE setting (
    key   TEXT COLLATE "C" PRIMARY KEY,
    value TEXT COLLATE "C" NOT NULL
);

CREATE TABLE audit (
    seq     BIGINT PRIMARY KEY,
    time    BIGINT NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    org     TEXT COLLATE "C" NOT NULL,
    action  TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    detail  TEXT COLLATE "C" NOT NULL,
    prev    BYTEA NOT NULL,
    hash    BYTEA NOT NULL
);
CREATE INDEX audit_by_org ON audit (org, seq);
CREATE INDEX audit_of_subject ON audit (subject, seq);

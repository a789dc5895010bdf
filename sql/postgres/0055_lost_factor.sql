-- People who lost the second factor and ask to be let in (ident/lost_factor.h); one of an account at a time.
CREATE TABLE lost_factor (
    org TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    secret BYTEA NOT NULL,    -- SHA-256 of what the browser keeps
    number TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    remote TEXT COLLATE "C" NOT NULL,
    state BIGINT NOT NULL,
    made BIGINT NOT NULL,
    until BIGINT NOT NULL,
    approver TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, account)
);
CREATE UNIQUE INDEX lost_factor_secret ON lost_factor (secret);
CREATE UNIQUE INDEX lost_factor_id ON lost_factor (org, id);

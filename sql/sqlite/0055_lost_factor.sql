-- People who lost the second factor and ask to be let in (ident/lost_factor.h); one of an account at a time.
CREATE TABLE lost_factor (
    org TEXT NOT NULL,
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    secret BLOB NOT NULL,    -- SHA-256 of what the browser keeps
    number TEXT NOT NULL,
    reason TEXT NOT NULL,
    remote TEXT NOT NULL,
    state INTEGER NOT NULL,
    made INTEGER NOT NULL,
    until INTEGER NOT NULL,
    approver TEXT NOT NULL,
    PRIMARY KEY (org, account)
) STRICT;
CREATE UNIQUE INDEX lost_factor_secret ON lost_factor (secret);
CREATE UNIQUE INDEX lost_factor_id ON lost_factor (org, id);

-- What is said in public (cert/statement.h).
CREATE TABLE statement (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    state INTEGER NOT NULL,
    form TEXT NOT NULL,         -- as it was last written
    shown TEXT NOT NULL,        -- what is out; '': nothing
    version INTEGER NOT NULL,   -- how often it was released
    author TEXT NOT NULL,
    reviewer TEXT NOT NULL,
    note TEXT NOT NULL,         -- why it was returned or withdrawn
    entries INTEGER NOT NULL,   -- of its history
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    published INTEGER NOT NULL,
    incident TEXT NOT NULL,     -- '': of none
    exercise INTEGER NOT NULL,
    number INTEGER NOT NULL,    -- by which the public has it; 0: it does not
    first INTEGER NOT NULL,     -- when it was released first
    PRIMARY KEY (org, id)
) STRICT;
CREATE UNIQUE INDEX statement_seq ON statement (org, seq);
CREATE UNIQUE INDEX statement_number ON statement (org, number) WHERE number > 0;

CREATE TABLE statement_event (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    account TEXT NOT NULL,
    act INTEGER NOT NULL,
    note TEXT NOT NULL,         -- why it was returned, corrected or withdrawn
    form TEXT NOT NULL,         -- as it was written then; '': another act
    PRIMARY KEY (org, id, seq)
) STRICT;

-- What is said in public (cert/statement.h).
CREATE TABLE statement (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    state BIGINT NOT NULL,
    form TEXT COLLATE "C" NOT NULL,         -- as it was last written
    shown TEXT COLLATE "C" NOT NULL,        -- what is out; '': nothing
    version BIGINT NOT NULL,   -- how often it was released
    author TEXT COLLATE "C" NOT NULL,
    reviewer TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,         -- why it was returned or withdrawn
    entries BIGINT NOT NULL,   -- of its history
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    published BIGINT NOT NULL,
    incident TEXT COLLATE "C" NOT NULL,     -- '': of none
    exercise BIGINT NOT NULL,
    number BIGINT NOT NULL,    -- by which the public has it; 0: it does not
    first BIGINT NOT NULL,     -- when it was released first
    PRIMARY KEY (org, id)
);
CREATE UNIQUE INDEX statement_seq ON statement (org, seq);
CREATE UNIQUE INDEX statement_number ON statement (org, number) WHERE number > 0;

CREATE TABLE statement_event (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    act BIGINT NOT NULL,
    note TEXT COLLATE "C" NOT NULL,         -- why it was returned, corrected or withdrawn
    form TEXT COLLATE "C" NOT NULL,         -- as it was written then; '': another act
    PRIMARY KEY (org, id, seq)
);

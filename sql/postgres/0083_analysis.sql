-- Analysis reports of sets of incidents (cert/analysis.h).
CREATE TABLE analysis (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    state BIGINT NOT NULL,
    form TEXT COLLATE "C" NOT NULL,         -- as it was last written
    shown TEXT COLLATE "C" NOT NULL,        -- what is out; '': nothing
    version BIGINT NOT NULL,   -- how often it came out
    author TEXT COLLATE "C" NOT NULL,
    reviewer TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,         -- why it was returned or withdrawn
    entries BIGINT NOT NULL,   -- of its history
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    published BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE UNIQUE INDEX analysis_seq ON analysis (org, seq);

-- What the node found out of the set, each time it looked; a form says which of them it is about.
CREATE TABLE analysis_facts (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    taken BIGINT NOT NULL,
    facts TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, id, taken)
);

CREATE TABLE analysis_event (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    act BIGINT NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    form TEXT COLLATE "C" NOT NULL,         -- as it was written then; '': another act
    PRIMARY KEY (org, id, seq)
);

-- How a recommendation fares; one without a row is open.
CREATE TABLE analysis_advice (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    advice BIGINT NOT NULL,
    state BIGINT NOT NULL,
    at BIGINT NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, id, advice)
);

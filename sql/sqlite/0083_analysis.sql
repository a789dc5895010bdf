-- Analysis reports of sets of incidents (cert/analysis.h).
CREATE TABLE analysis (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    state INTEGER NOT NULL,
    form TEXT NOT NULL,         -- as it was last written
    shown TEXT NOT NULL,        -- what is out; '': nothing
    version INTEGER NOT NULL,   -- how often it came out
    author TEXT NOT NULL,
    reviewer TEXT NOT NULL,
    note TEXT NOT NULL,         -- why it was returned or withdrawn
    entries INTEGER NOT NULL,   -- of its history
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    published INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE UNIQUE INDEX analysis_seq ON analysis (org, seq);

-- What the node found out of the set, each time it looked; a form says which of them it is about.
CREATE TABLE analysis_facts (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    taken INTEGER NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (org, id, taken)
) STRICT;

CREATE TABLE analysis_event (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    account TEXT NOT NULL,
    act INTEGER NOT NULL,
    note TEXT NOT NULL,
    form TEXT NOT NULL,         -- as it was written then; '': another act
    PRIMARY KEY (org, id, seq)
) STRICT;

-- How a recommendation fares; one without a row is open.
CREATE TABLE analysis_advice (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    advice INTEGER NOT NULL,
    state INTEGER NOT NULL,
    at INTEGER NOT NULL,
    account TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (org, id, advice)
) STRICT;

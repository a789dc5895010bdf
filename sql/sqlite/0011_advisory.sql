-- Intelligence that people write (isac/advisory.h): ours, and what peers sent.
CREATE TABLE advisory (
    org TEXT NOT NULL,
    origin TEXT NOT NULL,      -- peer; '' = ours
    id TEXT NOT NULL,          -- report--<uuid>
    seq INTEGER NOT NULL,      -- the order they came in
    kind INTEGER NOT NULL,
    state INTEGER NOT NULL,
    exercise INTEGER NOT NULL,
    title TEXT NOT NULL,
    form TEXT NOT NULL,        -- JSON
    author TEXT NOT NULL,      -- who wrote in it last
    reviewer TEXT NOT NULL,    -- who returned, published or withdrew it
    note TEXT NOT NULL,        -- and why
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    published INTEGER NOT NULL,
    version INTEGER NOT NULL,  -- of the report that is out; 0 = none
    tlp INTEGER NOT NULL,      -- of the form
    marking INTEGER NOT NULL,  -- key of the report that is out (isac/rights.h)
    indicators TEXT NOT NULL,  -- JSON list of those made of its values
    json TEXT NOT NULL,        -- the report that is out, or as it came
    PRIMARY KEY (org, origin, id)
) STRICT;
CREATE INDEX advisory_seq ON advisory (org, seq);
CREATE INDEX advisory_id ON advisory (org, id);

-- What was done with ours; each text that ever was in it.
CREATE TABLE advisory_event (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    account TEXT NOT NULL,
    act INTEGER NOT NULL,
    note TEXT NOT NULL,
    form TEXT NOT NULL,
    PRIMARY KEY (org, id, seq)
) STRICT;

CREATE TABLE advisory_file (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    bytes TEXT NOT NULL,       -- base64
    PRIMARY KEY (org, id, seq)
) STRICT;

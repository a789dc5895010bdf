-- Intelligence that people write (isac/advisory.h): ours, and what peers sent.
CREATE TABLE advisory (
    org TEXT COLLATE "C" NOT NULL,
    origin TEXT COLLATE "C" NOT NULL,      -- peer; '' = ours
    id TEXT COLLATE "C" NOT NULL,          -- report--<uuid>
    seq BIGINT NOT NULL,      -- the order they came in
    kind BIGINT NOT NULL,
    state BIGINT NOT NULL,
    exercise BIGINT NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    form TEXT COLLATE "C" NOT NULL,        -- JSON
    author TEXT COLLATE "C" NOT NULL,      -- who wrote in it last
    reviewer TEXT COLLATE "C" NOT NULL,    -- who returned, published or withdrew it
    note TEXT COLLATE "C" NOT NULL,        -- and why
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    published BIGINT NOT NULL,
    version BIGINT NOT NULL,  -- of the report that is out; 0 = none
    tlp BIGINT NOT NULL,      -- of the form
    marking BIGINT NOT NULL,  -- key of the report that is out (isac/rights.h)
    indicators TEXT COLLATE "C" NOT NULL,  -- JSON list of those made of its values
    json TEXT COLLATE "C" NOT NULL,        -- the report that is out, or as it came
    PRIMARY KEY (org, origin, id)
);
CREATE INDEX advisory_seq ON advisory (org, seq);
CREATE INDEX advisory_id ON advisory (org, id);

-- What was done with ours; each text that ever was in it.
CREATE TABLE advisory_event (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    act BIGINT NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    form TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, id, seq)
);

CREATE TABLE advisory_file (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    type TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    bytes TEXT COLLATE "C" NOT NULL,       -- base64
    PRIMARY KEY (org, id, seq)
);

-- What is blocked and why.  A name stays in the zone while one row of it is
-- active.  reversed: the name's characters backwards with a dot after them, so
-- that all names under one lie in one range.
CREATE TABLE block (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    org TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    reversed TEXT COLLATE "C" NOT NULL,
    indicator TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    provisional SMALLINT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    seq BIGINT NOT NULL
);
CREATE UNIQUE INDEX block_once ON block (org, indicator, value) WHERE state = 'active';
CREATE INDEX block_value ON block (org, value) WHERE state = 'active';
CREATE INDEX block_reversed ON block (org, reversed) WHERE state = 'active';
CREATE INDEX block_expires ON block (org, expires) WHERE state = 'active' AND expires > 0;
CREATE UNIQUE INDEX block_seq ON block (org, seq);

-- What must not be blocked, with all under it.
CREATE TABLE allow (
    org TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    reversed TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (org, value)
);
CREATE INDEX allow_reversed ON allow (org, reversed);

-- The number of a zone's newest change; its low 32 bits are the DNS serial.
CREATE TABLE zone_state (
    org TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL,
    blocks BIGINT NOT NULL
);

-- What changed, for as long as a delta may be asked for.
CREATE TABLE zone_change (
    org TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    added SMALLINT NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, number)
);

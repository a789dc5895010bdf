-- What is blocked and why.  A name stays in the zone while one row of it is
-- active.  reversed: the name's characters backwards with a dot after them, so
-- that all names under one lie in one range.
CREATE TABLE block (
    id TEXT NOT NULL PRIMARY KEY,
    org TEXT NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    reversed TEXT NOT NULL,
    indicator TEXT NOT NULL,
    state TEXT NOT NULL,
    provisional INTEGER NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    seq INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX block_once ON block (org, indicator, value) WHERE state = 'active';
CREATE INDEX block_value ON block (org, value) WHERE state = 'active';
CREATE INDEX block_reversed ON block (org, reversed) WHERE state = 'active';
CREATE INDEX block_expires ON block (org, expires) WHERE state = 'active' AND expires > 0;
CREATE UNIQUE INDEX block_seq ON block (org, seq);

-- What must not be blocked, with all under it.
CREATE TABLE allow (
    org TEXT NOT NULL,
    value TEXT NOT NULL,
    reversed TEXT NOT NULL,
    reason TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (org, value)
) STRICT;
CREATE INDEX allow_reversed ON allow (org, reversed);

-- The number of a zone's newest change; its low 32 bits are the DNS serial.
CREATE TABLE zone_state (
    org TEXT NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL,
    blocks INTEGER NOT NULL
) STRICT;

-- What changed, for as long as a delta may be asked for.
CREATE TABLE zone_change (
    org TEXT NOT NULL,
    number INTEGER NOT NULL,
    added INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (org, number)
) STRICT;

-- What finds objects by what they say (isac/index.h, docs/adr/0030).
CREATE TABLE object_index (
    one BIGINT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,     -- objects up to this number are in it
    doc BIGINT NOT NULL,     -- the last document
    segment BIGINT NOT NULL  -- the last number given
);

-- A document: that a collection has an object.
CREATE TABLE object_doc (
    doc BIGINT NOT NULL PRIMARY KEY,
    coll BIGINT NOT NULL,
    seq BIGINT NOT NULL
);

-- Documents that were put into a collection after their object was looked at.
CREATE TABLE object_again (
    n BIGINT NOT NULL PRIMARY KEY,
    coll BIGINT NOT NULL,
    seq BIGINT NOT NULL
);

-- All documents of one collection, marking and maker are decided alike (isac/rights.h).
CREATE TABLE object_class (
    number BIGINT NOT NULL PRIMARY KEY,
    coll BIGINT NOT NULL,
    marking BIGINT NOT NULL,
    maker BIGINT NOT NULL,
    UNIQUE (coll, marking, maker)
);

-- state: 0 asked, 1 being made out of those with its number in `part_of`, 2 replaced and to be removed
CREATE TABLE object_segment (
    number BIGINT NOT NULL PRIMARY KEY,
    level BIGINT NOT NULL,
    first BIGINT NOT NULL,
    docs BIGINT NOT NULL,
    state BIGINT NOT NULL,
    part_of BIGINT NOT NULL,
    reached BIGINT NOT NULL
);

CREATE TABLE object_block (
    segment BIGINT NOT NULL,
    first BIGINT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (segment, first)
);

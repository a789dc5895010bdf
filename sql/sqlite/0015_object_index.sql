-- What finds objects by what they say (isac/index.h, docs/adr/0030).
CREATE TABLE object_index (
    one INTEGER NOT NULL PRIMARY KEY,
    seq INTEGER NOT NULL,     -- objects up to this number are in it
    doc INTEGER NOT NULL,     -- the last document
    segment INTEGER NOT NULL  -- the last number given
) STRICT;

-- A document: that a collection has an object.
CREATE TABLE object_doc (
    doc INTEGER NOT NULL PRIMARY KEY,
    coll INTEGER NOT NULL,
    seq INTEGER NOT NULL
) STRICT;

-- Documents that were put into a collection after their object was looked at.
CREATE TABLE object_again (
    n INTEGER NOT NULL PRIMARY KEY,
    coll INTEGER NOT NULL,
    seq INTEGER NOT NULL
) STRICT;

-- All documents of one collection, marking and maker are decided alike (isac/rights.h).
CREATE TABLE object_class (
    number INTEGER NOT NULL PRIMARY KEY,
    coll INTEGER NOT NULL,
    marking INTEGER NOT NULL,
    maker INTEGER NOT NULL,
    UNIQUE (coll, marking, maker)
) STRICT;

-- state: 0 asked, 1 being made out of those with its number in `part_of`, 2 replaced and to be removed
CREATE TABLE object_segment (
    number INTEGER NOT NULL PRIMARY KEY,
    level INTEGER NOT NULL,
    first INTEGER NOT NULL,
    docs INTEGER NOT NULL,
    state INTEGER NOT NULL,
    part_of INTEGER NOT NULL,
    reached INTEGER NOT NULL
) STRICT;

CREATE TABLE object_block (
    segment INTEGER NOT NULL,
    first INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (segment, first)
) STRICT;

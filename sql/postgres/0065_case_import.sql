-- Files of old cases that are taken in a slice at a time (cert/case_import.h).
CREATE TABLE case_import (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,      -- of the file, as its giver says
    format TEXT COLLATE "C" NOT NULL,
    mapping TEXT COLLATE "C" NOT NULL,
    dry BIGINT NOT NULL,    -- nothing is kept, what would be is said
    state BIGINT NOT NULL,
    account TEXT COLLATE "C" NOT NULL,   -- who gave it
    created BIGINT NOT NULL,
    ended BIGINT NOT NULL,  -- 0: not yet
    size BIGINT NOT NULL,   -- bytes of the file
    total BIGINT NOT NULL,  -- cases that were read
    place BIGINT NOT NULL,  -- of them looked at
    made BIGINT NOT NULL,
    already BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    lost BIGINT NOT NULL,
    trouble TEXT COLLATE "C" NOT NULL,   -- why it failed
    PRIMARY KEY (org, id)
);
CREATE INDEX case_import_state ON case_import (state, created);

-- The file, until it is over.
CREATE TABLE case_import_file (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (org, id)
);

-- What was refused (kind 0) and what had no place (kind 1), as far as it is told.
CREATE TABLE case_import_note (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    kind BIGINT NOT NULL,
    n BIGINT NOT NULL,
    place TEXT COLLATE "C" NOT NULL,     -- "line 7, column level"
    value TEXT COLLATE "C" NOT NULL,
    why TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, id, kind, n)
);

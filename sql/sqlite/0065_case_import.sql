-- Files of old cases that are taken in a slice at a time (cert/case_import.h).
CREATE TABLE case_import (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,      -- of the file, as its giver says
    format TEXT NOT NULL,
    mapping TEXT NOT NULL,
    dry INTEGER NOT NULL,    -- nothing is kept, what would be is said
    state INTEGER NOT NULL,
    account TEXT NOT NULL,   -- who gave it
    created INTEGER NOT NULL,
    ended INTEGER NOT NULL,  -- 0: not yet
    size INTEGER NOT NULL,   -- bytes of the file
    total INTEGER NOT NULL,  -- cases that were read
    place INTEGER NOT NULL,  -- of them looked at
    made INTEGER NOT NULL,
    already INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    lost INTEGER NOT NULL,
    trouble TEXT NOT NULL,   -- why it failed
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX case_import_state ON case_import (state, created);

-- The file, until it is over.
CREATE TABLE case_import_file (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;

-- What was refused (kind 0) and what had no place (kind 1), as far as it is told.
CREATE TABLE case_import_note (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    kind INTEGER NOT NULL,
    n INTEGER NOT NULL,
    place TEXT NOT NULL,     -- "line 7, column level"
    value TEXT NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (org, id, kind, n)
) STRICT, WITHOUT ROWID;

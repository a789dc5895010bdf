-- Recovery procedures that an incident called for (cert/recovery.h): how long each system was down, against what was
-- bearable when it was called for.
CREATE TABLE recovery_run (
    org      TEXT NOT NULL,
    incident TEXT NOT NULL,
    recovery TEXT NOT NULL,
    place    INTEGER NOT NULL, -- in the order they are to be done in
    version  INTEGER NOT NULL, -- of the procedure
    zh       TEXT NOT NULL,
    en       TEXT NOT NULL,
    rto      INTEGER NOT NULL,
    rpo      INTEGER NOT NULL,
    began    INTEGER NOT NULL, -- called for
    down     INTEGER NOT NULL, -- 0: it is not said to have been down
    back     INTEGER NOT NULL, -- 0: not yet
    account  TEXT NOT NULL,
    PRIMARY KEY (org, incident, recovery)
) STRICT, WITHOUT ROWID;

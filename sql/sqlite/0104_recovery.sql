-- Recovery procedures of systems (cert/recovery.h).  recovery_procedure is what is in force; every text of one is in
-- recovery_version.
CREATE TABLE recovery_procedure (
    org     TEXT NOT NULL,
    id      TEXT NOT NULL,
    json    TEXT NOT NULL,    -- a document with one of them
    since   INTEGER NOT NULL, -- first in force
    version INTEGER NOT NULL, -- of the history, that came in force last
    every   INTEGER NOT NULL, -- how often it is to be rehearsed
    held    INTEGER NOT NULL, -- when it was rehearsed well last; 0: never
    due     INTEGER NOT NULL, -- when it is to be rehearsed again
    PRIMARY KEY (org, id)
) STRICT;
CREATE TABLE recovery_version (
    org     TEXT NOT NULL,
    id      TEXT NOT NULL,
    version INTEGER NOT NULL, -- from 1
    act     INTEGER NOT NULL, -- enum lf_playbook_act
    json    TEXT NOT NULL,    -- as it was written; empty: the act wrote nothing
    account TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (org, id, version)
) STRICT, WITHOUT ROWID;
-- Rehearsals, never changed; a mistake is withdrawn.
CREATE TABLE recovery_trial (
    org       TEXT NOT NULL,
    recovery  TEXT NOT NULL,
    number    INTEGER NOT NULL, -- from 1
    held      INTEGER NOT NULL,
    result    INTEGER NOT NULL, -- enum lf_recovery_result
    took      INTEGER NOT NULL, -- how long it took until it ran again; 0: not measured
    rto       INTEGER NOT NULL, -- what was bearable then
    restored  INTEGER NOT NULL, -- from the backup
    note      TEXT NOT NULL,
    account   TEXT NOT NULL,
    at        INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL, -- 0: it counts
    PRIMARY KEY (org, recovery, number)
) STRICT, WITHOUT ROWID;

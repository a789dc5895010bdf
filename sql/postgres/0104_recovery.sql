-- Recovery procedures of systems (cert/recovery.h).  recovery_procedure is what is in force; every text of one is in
-- recovery_version.
CREATE TABLE recovery_procedure (
    org     TEXT COLLATE "C" NOT NULL,
    id      TEXT COLLATE "C" NOT NULL,
    json    TEXT COLLATE "C" NOT NULL,    -- a document with one of them
    since   BIGINT NOT NULL, -- first in force
    version BIGINT NOT NULL, -- of the history, that came in force last
    every   BIGINT NOT NULL, -- how often it is to be rehearsed
    held    BIGINT NOT NULL, -- when it was rehearsed well last; 0: never
    due     BIGINT NOT NULL, -- when it is to be rehearsed again
    PRIMARY KEY (org, id)
);
CREATE TABLE recovery_version (
    org     TEXT COLLATE "C" NOT NULL,
    id      TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL, -- from 1
    act     BIGINT NOT NULL, -- enum lf_playbook_act
    json    TEXT COLLATE "C" NOT NULL,    -- as it was written; empty: the act wrote nothing
    account TEXT COLLATE "C" NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (org, id, version)
);
-- Rehearsals, never changed; a mistake is withdrawn.
CREATE TABLE recovery_trial (
    org       TEXT COLLATE "C" NOT NULL,
    recovery  TEXT COLLATE "C" NOT NULL,
    number    BIGINT NOT NULL, -- from 1
    held      BIGINT NOT NULL,
    result    BIGINT NOT NULL, -- enum lf_recovery_result
    took      BIGINT NOT NULL, -- how long it took until it ran again; 0: not measured
    rto       BIGINT NOT NULL, -- what was bearable then
    restored  BIGINT NOT NULL, -- from the backup
    note      TEXT COLLATE "C" NOT NULL,
    account   TEXT COLLATE "C" NOT NULL,
    at        BIGINT NOT NULL,
    withdrawn BIGINT NOT NULL, -- 0: it counts
    PRIMARY KEY (org, recovery, number)
);

-- Recovery procedures that an incident called for (cert/recovery.h): how long each system was down, against what was
-- bearable when it was called for.
CREATE TABLE recovery_run (
    org      TEXT COLLATE "C" NOT NULL,
    incident TEXT COLLATE "C" NOT NULL,
    recovery TEXT COLLATE "C" NOT NULL,
    place    BIGINT NOT NULL, -- in the order they are to be done in
    version  BIGINT NOT NULL, -- of the procedure
    zh       TEXT COLLATE "C" NOT NULL,
    en       TEXT COLLATE "C" NOT NULL,
    rto      BIGINT NOT NULL,
    rpo      BIGINT NOT NULL,
    began    BIGINT NOT NULL, -- called for
    down     BIGINT NOT NULL, -- 0: it is not said to have been down
    back     BIGINT NOT NULL, -- 0: not yet
    account  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, incident, recovery)
);

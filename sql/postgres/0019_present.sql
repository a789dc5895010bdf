-- How sure indicators are now (isac/present.h): when the last version came, when to look again, whether a block is
-- held back because it is too little.
ALTER TABLE indicator ADD COLUMN since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE indicator ADD COLUMN look BIGINT NOT NULL DEFAULT 0;
ALTER TABLE indicator ADD COLUMN held BIGINT NOT NULL DEFAULT 0;
UPDATE indicator SET since = modified;
CREATE INDEX indicator_look ON indicator (look) WHERE state IN ('provisional', 'active');

-- When one that an account handed in has faded; 0: it is to be reckoned.
ALTER TABLE indicator_watch ADD COLUMN fades BIGINT NOT NULL DEFAULT 0;
CREATE INDEX indicator_watch_fades ON indicator_watch (fades) WHERE state = 1;

-- How people judged an indicator's alerts here.
CREATE TABLE indicator_judged (
    org TEXT COLLATE "C" NOT NULL,
    indicator TEXT COLLATE "C" NOT NULL,
    confirmed BIGINT NOT NULL,
    refuted BIGINT NOT NULL,
    PRIMARY KEY (org, indicator)
);

-- How far people believe a source (an identity) or an object: a letter A-F, a digit 1-6 (isac/grade.h).
CREATE TABLE object_grade (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    letter TEXT COLLATE "C" NOT NULL,
    digit TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);

-- Opinions and sightings of an indicator that were handed in (isac/feedback.h).
CREATE TABLE indicator_feedback (
    org TEXT COLLATE "C" NOT NULL,
    indicator TEXT COLLATE "C" NOT NULL,
    maker TEXT COLLATE "C" NOT NULL,
    object TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    agrees BIGINT NOT NULL, -- 1, -1, or 0
    seen BIGINT NOT NULL,   -- when last; 0: never
    PRIMARY KEY (org, indicator, maker, object)
);

-- How sure indicators are now (isac/present.h): when the last version came, when to look again, whether a block is
-- held back because it is too little.
ALTER TABLE indicator ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE indicator ADD COLUMN look INTEGER NOT NULL DEFAULT 0;
ALTER TABLE indicator ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
UPDATE indicator SET since = modified;
CREATE INDEX indicator_look ON indicator (look) WHERE state IN ('provisional', 'active');

-- When one that an account handed in has faded; 0: it is to be reckoned.
ALTER TABLE indicator_watch ADD COLUMN fades INTEGER NOT NULL DEFAULT 0;
CREATE INDEX indicator_watch_fades ON indicator_watch (fades) WHERE state = 1;

-- How people judged an indicator's alerts here.
CREATE TABLE indicator_judged (
    org TEXT NOT NULL,
    indicator TEXT NOT NULL,
    confirmed INTEGER NOT NULL,
    refuted INTEGER NOT NULL,
    PRIMARY KEY (org, indicator)
) STRICT;

-- How far people believe a source (an identity) or an object: a letter A-F, a digit 1-6 (isac/grade.h).
CREATE TABLE object_grade (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    letter TEXT NOT NULL,
    digit TEXT NOT NULL,
    note TEXT NOT NULL,
    account TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;

-- Opinions and sightings of an indicator that were handed in (isac/feedback.h).
CREATE TABLE indicator_feedback (
    org TEXT NOT NULL,
    indicator TEXT NOT NULL,
    maker TEXT NOT NULL,
    object TEXT NOT NULL,
    version INTEGER NOT NULL,
    agrees INTEGER NOT NULL, -- 1, -1, or 0
    seen INTEGER NOT NULL,   -- when last; 0: never
    PRIMARY KEY (org, indicator, maker, object)
) STRICT;

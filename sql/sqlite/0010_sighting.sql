-- Sightings on their way up, from members, and out of the archive (isac/sighting.h).

-- Counted since the last telling; told as one STIX object when due.
CREATE TABLE sighting_window (
    org TEXT NOT NULL,
    indicator TEXT NOT NULL,
    start INTEGER NOT NULL,
    due INTEGER NOT NULL,
    value TEXT NOT NULL,
    count INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (org, indicator)
) STRICT;
CREATE INDEX sighting_window_due ON sighting_window (org, due);

-- Of each indicator: when the last of our sightings was told.
CREATE TABLE sighting_told (
    org TEXT NOT NULL,
    indicator TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (org, indicator)
) STRICT;

-- Up to where in the journal sightings were counted.
CREATE TABLE sighting_place (
    one INTEGER NOT NULL PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT;

-- What members say, by the id of their sighting; the last version counts.
CREATE TABLE sighting_member (
    org TEXT NOT NULL,
    indicator TEXT NOT NULL,
    id TEXT NOT NULL,
    peer TEXT NOT NULL,
    version INTEGER NOT NULL,
    count INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (org, indicator, peer, id)
) STRICT;

-- Found in the archive when the indicator was new.
CREATE TABLE sighting_archive (
    org TEXT NOT NULL,
    indicator TEXT NOT NULL,
    value TEXT NOT NULL,
    count INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (org, indicator)
) STRICT;

-- Indicators that the archive is still to be asked of: entries (model/sighting.h), base64.
CREATE TABLE hunt (
    org TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    entries TEXT NOT NULL,
    PRIMARY KEY (org, seq)
) STRICT;

-- Sightings on their way up, from members, and out of the archive (isac/sighting.h).

-- Counted since the last telling; told as one STIX object when due.
CREATE TABLE sighting_window (
    org TEXT COLLATE "C" NOT NULL,
    indicator TEXT COLLATE "C" NOT NULL,
    start BIGINT NOT NULL,
    due BIGINT NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    count BIGINT NOT NULL,
    first BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (org, indicator)
);
CREATE INDEX sighting_window_due ON sighting_window (org, due);

-- Of each indicator: when the last of our sightings was told.
CREATE TABLE sighting_told (
    org TEXT COLLATE "C" NOT NULL,
    indicator TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (org, indicator)
);

-- Up to where in the journal sightings were counted.
CREATE TABLE sighting_place (
    one BIGINT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL
);

-- What members say, by the id of their sighting; the last version counts.
CREATE TABLE sighting_member (
    org TEXT COLLATE "C" NOT NULL,
    indicator TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    peer TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    count BIGINT NOT NULL,
    first BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (org, indicator, peer, id)
);

-- Found in the archive when the indicator was new.
CREATE TABLE sighting_archive (
    org TEXT COLLATE "C" NOT NULL,
    indicator TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    count BIGINT NOT NULL,
    first BIGINT NOT NULL,
    last BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (org, indicator)
);

-- Indicators that the archive is still to be asked of: entries (model/sighting.h), base64.
CREATE TABLE hunt (
    org TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    entries TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, seq)
);

-- Stations that attacks are commanded through (isac/station.h).
CREATE TABLE station (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    value TEXT NOT NULL,
    port INTEGER NOT NULL,      -- 0: not known
    family TEXT NOT NULL,
    side INTEGER NOT NULL,      -- 0 unknown, 1 domestic, 2 foreign
    country TEXT NOT NULL,
    operator TEXT NOT NULL,
    state INTEGER NOT NULL,     -- 0 watched, 1 controlled, 2 gone, 3 mistaken
    since INTEGER NOT NULL,     -- in that state
    incident TEXT NOT NULL,
    indicator TEXT NOT NULL,    -- this node's own
    days INTEGER NOT NULL,      -- between looks
    due INTEGER NOT NULL,       -- of the next; 0: none
    looked INTEGER NOT NULL,    -- 0: never
    found INTEGER NOT NULL,     -- by the last look: 1 answers, 2 silent, 3 moved
    moved_to TEXT NOT NULL,     -- id of the station it moved to
    account TEXT NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE UNIQUE INDEX station_number ON station (org, number);
CREATE INDEX station_value ON station (org, kind, substr(value, 1, 200));

CREATE TABLE station_entry (
    org TEXT NOT NULL,
    station TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    account TEXT NOT NULL,
    state INTEGER NOT NULL,     -- as it was from then on
    look INTEGER NOT NULL,      -- what a look found; 0: nobody looked
    note TEXT NOT NULL,
    PRIMARY KEY (org, station, seq)
) STRICT;

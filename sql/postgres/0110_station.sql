-- Stations that attacks are commanded through (isac/station.h).
CREATE TABLE station (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    number BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    value TEXT NOT NULL,
    port BIGINT NOT NULL,      -- 0: not known
    family TEXT NOT NULL,
    side BIGINT NOT NULL,      -- 0 unknown, 1 domestic, 2 foreign
    country TEXT NOT NULL,
    operator TEXT NOT NULL,
    state BIGINT NOT NULL,     -- 0 watched, 1 controlled, 2 gone, 3 mistaken
    since BIGINT NOT NULL,     -- in that state
    incident TEXT NOT NULL,
    indicator TEXT NOT NULL,    -- this node's own
    days BIGINT NOT NULL,      -- between looks
    due BIGINT NOT NULL,       -- of the next; 0: none
    looked BIGINT NOT NULL,    -- 0: never
    found BIGINT NOT NULL,     -- by the last look: 1 answers, 2 silent, 3 moved
    moved_to TEXT NOT NULL,     -- id of the station it moved to
    account TEXT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE UNIQUE INDEX station_number ON station (org, number);
CREATE INDEX station_value ON station (org, kind, substr(value, 1, 200));

CREATE TABLE station_entry (
    org TEXT NOT NULL,
    station TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    account TEXT NOT NULL,
    state BIGINT NOT NULL,     -- as it was from then on
    look BIGINT NOT NULL,      -- what a look found; 0: nobody looked
    note TEXT NOT NULL,
    PRIMARY KEY (org, station, seq)
);

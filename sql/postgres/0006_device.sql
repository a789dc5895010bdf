-- Who sends us logs (soc/device.h): what the intake last told, the rhythm learnt, silences
-- and counters by day.
CREATE TABLE device (
    org TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    via BIGINT NOT NULL,
    first BIGINT NOT NULL,
    last BIGINT NOT NULL,
    incarnation BIGINT NOT NULL,
    received BIGINT NOT NULL,
    malformed BIGINT NOT NULL,
    dropped BIGINT NOT NULL,
    gaps BIGINT NOT NULL,
    mean BIGINT NOT NULL,
    spread BIGINT NOT NULL,
    longest BIGINT NOT NULL,
    grace BIGINT NOT NULL,
    due BIGINT NOT NULL,
    quiet BIGINT NOT NULL,
    quiet_alert TEXT COLLATE "C" NOT NULL,
    drops_told BIGINT NOT NULL,
    drops_untold BIGINT NOT NULL,
    flood_from BIGINT NOT NULL,
    flood_received BIGINT NOT NULL,
    flood_malformed BIGINT NOT NULL,
    flood_told BIGINT NOT NULL,
    fault BIGINT NOT NULL,
    fault_since BIGINT NOT NULL,
    fault_alert TEXT COLLATE "C" NOT NULL,
    since BIGINT NOT NULL, -- watched from then on: first heard, or expected from then
    relay TEXT COLLATE "C" NOT NULL, -- of a host behind one: that sender's name
    PRIMARY KEY (org, name)
);
CREATE INDEX device_by_due ON device (org, due);
CREATE INDEX device_by_heard ON device (org, via, last, name);
CREATE INDEX device_untold ON device (org, drops_told) WHERE drops_untold > 0;

CREATE INDEX device_by_relay ON device (org, relay, name) WHERE relay <> '';

-- What people say of a device (soc/device_fact.h); it may never have spoken.
CREATE TABLE device_fact (
    org TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    owner TEXT COLLATE "C" NOT NULL,
    site TEXT COLLATE "C" NOT NULL,
    quiet_after BIGINT NOT NULL, -- microseconds; 0: never told; -1: as its rhythm and the settings say
    expected BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, name)
);

CREATE TABLE device_day (
    org TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    day BIGINT NOT NULL,
    received BIGINT NOT NULL,
    malformed BIGINT NOT NULL,
    dropped BIGINT NOT NULL,
    PRIMARY KEY (org, name, day)
);

CREATE TABLE device_quiet (
    org TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (org, name, since)
);

-- One row: when the node last listened, and how many alerts of its own it told.
CREATE TABLE device_watch (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    alive BIGINT NOT NULL,
    told BIGINT NOT NULL,
    known BIGINT NOT NULL -- devices; counting them for each new one costs as much as they are many
);

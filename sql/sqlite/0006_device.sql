-- Who sends us logs (soc/device.h): what the intake last told, the rhythm learnt, silences
-- and counters by day.
CREATE TABLE device (
    org TEXT NOT NULL,
    name TEXT NOT NULL,
    via INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    incarnation INTEGER NOT NULL,
    received INTEGER NOT NULL,
    malformed INTEGER NOT NULL,
    dropped INTEGER NOT NULL,
    gaps INTEGER NOT NULL,
    mean INTEGER NOT NULL,
    spread INTEGER NOT NULL,
    longest INTEGER NOT NULL,
    grace INTEGER NOT NULL,
    due INTEGER NOT NULL,
    quiet INTEGER NOT NULL,
    quiet_alert TEXT NOT NULL,
    drops_told INTEGER NOT NULL,
    drops_untold INTEGER NOT NULL,
    flood_from INTEGER NOT NULL,
    flood_received INTEGER NOT NULL,
    flood_malformed INTEGER NOT NULL,
    flood_told INTEGER NOT NULL,
    fault INTEGER NOT NULL,
    fault_since INTEGER NOT NULL,
    fault_alert TEXT NOT NULL,
    since INTEGER NOT NULL, -- watched from then on: first heard, or expected from then
    relay TEXT NOT NULL, -- of a host behind one: that sender's name
    PRIMARY KEY (org, name)
) STRICT;
CREATE INDEX device_by_due ON device (org, due);
CREATE INDEX device_by_heard ON device (org, via, last, name);
CREATE INDEX device_untold ON device (org, drops_told) WHERE drops_untold > 0;

CREATE INDEX device_by_relay ON device (org, relay, name) WHERE relay <> '';

-- What people say of a device (soc/device_fact.h); it may never have spoken.
CREATE TABLE device_fact (
    org TEXT NOT NULL,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    site TEXT NOT NULL,
    quiet_after INTEGER NOT NULL, -- microseconds; 0: never told; -1: as its rhythm and the settings say
    expected INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY (org, name)
) STRICT;

CREATE TABLE device_day (
    org TEXT NOT NULL,
    name TEXT NOT NULL,
    day INTEGER NOT NULL,
    received INTEGER NOT NULL,
    malformed INTEGER NOT NULL,
    dropped INTEGER NOT NULL,
    PRIMARY KEY (org, name, day)
) STRICT;

CREATE TABLE device_quiet (
    org TEXT NOT NULL,
    name TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (org, name, since)
) STRICT;

-- One row: when the node last listened, and how many alerts of its own it told.
CREATE TABLE device_watch (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    alive INTEGER NOT NULL,
    told INTEGER NOT NULL,
    known INTEGER NOT NULL -- devices; counting them for each new one costs as much as they are many
) STRICT;

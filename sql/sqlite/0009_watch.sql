-- Indicators that accounts handed in (isac/watch.h): the row of an id is that of its last version.  It hangs on
-- an object of that id by its number, which grows, and is found by it: nothing of it is random.
CREATE TABLE indicator_watch (
    seq INTEGER NOT NULL,
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    value TEXT NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_until INTEGER NOT NULL,
    confidence INTEGER NOT NULL,
    state INTEGER NOT NULL,
    PRIMARY KEY (seq)
) STRICT;
CREATE INDEX indicator_watch_from ON indicator_watch (org, valid_from) WHERE state = 0;
CREATE INDEX indicator_watch_until ON indicator_watch (org, valid_until) WHERE state = 1 AND valid_until > 0;

-- Indicators of peers whose time has not begun (isac/indicator.c).
CREATE TABLE indicator_waiting (
    org TEXT NOT NULL,
    origin TEXT NOT NULL,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (org, origin, id)
) STRICT;
CREATE INDEX indicator_waiting_at ON indicator_waiting (org, at);

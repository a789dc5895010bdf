-- Indicators that accounts handed in (isac/watch.h): the row of an id is that of its last version.  It hangs on
-- an object of that id by its number, which grows, and is found by it: nothing of it is random.
CREATE TABLE indicator_watch (
    seq BIGINT NOT NULL,
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    confidence BIGINT NOT NULL,
    state BIGINT NOT NULL,
    PRIMARY KEY (seq)
);
CREATE INDEX indicator_watch_from ON indicator_watch (org, valid_from) WHERE state = 0;
CREATE INDEX indicator_watch_until ON indicator_watch (org, valid_until) WHERE state = 1 AND valid_until > 0;

-- Indicators of peers whose time has not begun (isac/indicator.c).
CREATE TABLE indicator_waiting (
    org TEXT COLLATE "C" NOT NULL,
    origin TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (org, origin, id)
);
CREATE INDEX indicator_waiting_at ON indicator_waiting (org, at);

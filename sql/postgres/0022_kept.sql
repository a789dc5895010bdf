-- Values of indicators that accounts handed in, marked so that no other node is told of them (isac/watch.h): what is
-- asked by others is answered without them.
CREATE TABLE indicator_kept (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    reversed TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, id, author)
);
CREATE INDEX indicator_kept_value ON indicator_kept (org, kind, substr(value, 1, 200));
CREATE INDEX indicator_kept_reversed ON indicator_kept (org, reversed) WHERE reversed <> '';

-- What of an object counts is found by it, so that it stops when that is deleted.
CREATE INDEX indicator_feedback_object ON indicator_feedback (org, object);

-- Values of indicators that accounts handed in, marked so that no other node is told of them (isac/watch.h): what is
-- asked by others is answered without them.
CREATE TABLE indicator_kept (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    author TEXT NOT NULL,
    version INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    value TEXT NOT NULL,
    reversed TEXT NOT NULL,
    PRIMARY KEY (org, id, author)
) STRICT;
CREATE INDEX indicator_kept_value ON indicator_kept (org, kind, substr(value, 1, 200));
CREATE INDEX indicator_kept_reversed ON indicator_kept (org, reversed) WHERE reversed <> '';

-- What of an object counts is found by it, so that it stops when that is deleted.
CREATE INDEX indicator_feedback_object ON indicator_feedback (org, object);

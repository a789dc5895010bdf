-- What was published of statistics (cert/publication.h): every version, and every withdrawal, is a row that stays.
CREATE TABLE publication (
    org TEXT NOT NULL,
    period TEXT NOT NULL,      -- 2026, 2026-11, 2026-W47
    version INTEGER NOT NULL,
    kind INTEGER NOT NULL,        -- week 0, month 1, year 2
    begin_at INTEGER NOT NULL,
    end_at INTEGER NOT NULL,
    at INTEGER NOT NULL,
    account TEXT NOT NULL,
    reason TEXT NOT NULL,
    withdrawn INTEGER NOT NULL,
    records INTEGER NOT NULL,
    body TEXT NOT NULL,        -- JSON, as it is given out; '': withdrawn
    PRIMARY KEY (org, period, version)
) STRICT;
CREATE INDEX publication_begin ON publication (org, begin_at);
CREATE INDEX publication_end ON publication (org, kind, end_at);

-- How often it was read on a day of Taipei; day -1: on all of them; period '': the list.
CREATE TABLE publication_use (
    org TEXT NOT NULL,
    day INTEGER NOT NULL,
    period TEXT NOT NULL,
    page INTEGER NOT NULL,
    csv INTEGER NOT NULL,
    json INTEGER NOT NULL,
    PRIMARY KEY (org, day, period)
) STRICT;

-- What was published of statistics (cert/publication.h): every version, and every withdrawal, is a row that stays.
CREATE TABLE publication (
    org TEXT COLLATE "C" NOT NULL,
    period TEXT COLLATE "C" NOT NULL,      -- 2026, 2026-11, 2026-W47
    version BIGINT NOT NULL,
    kind BIGINT NOT NULL,        -- week 0, month 1, year 2
    begin_at BIGINT NOT NULL,
    end_at BIGINT NOT NULL,
    at BIGINT NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    withdrawn BIGINT NOT NULL,
    records BIGINT NOT NULL,
    body TEXT COLLATE "C" NOT NULL,        -- JSON, as it is given out; '': withdrawn
    PRIMARY KEY (org, period, version)
);
CREATE INDEX publication_begin ON publication (org, begin_at);
CREATE INDEX publication_end ON publication (org, kind, end_at);

-- How often it was read on a day of Taipei; day -1: on all of them; period '': the list.
CREATE TABLE publication_use (
    org TEXT COLLATE "C" NOT NULL,
    day BIGINT NOT NULL,
    period TEXT COLLATE "C" NOT NULL,
    page BIGINT NOT NULL,
    csv BIGINT NOT NULL,
    json BIGINT NOT NULL,
    PRIMARY KEY (org, day, period)
);

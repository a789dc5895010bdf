-- Seminars and training briefings (cert/seminar.h).  "begins" and "ends" are the zone's clock as if that were UTC.
CREATE TABLE seminar (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    kind BIGINT NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    place TEXT COLLATE "C" NOT NULL,
    link TEXT COLLATE "C" NOT NULL,
    about TEXT COLLATE "C" NOT NULL,
    zone TEXT COLLATE "C" NOT NULL,
    begins BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    state BIGINT NOT NULL,
    note TEXT COLLATE "C" NOT NULL,        -- held: what came of it; called off: why
    sequence BIGINT NOT NULL, -- how often what the invitation says has changed
    made BIGINT NOT NULL,
    made_by TEXT COLLATE "C" NOT NULL,
    changed BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX seminar_at ON seminar (org, at, id);

-- Organisations of the contact network that are invited to one, or took part in it.
CREATE TABLE seminar_unit (
    org TEXT COLLATE "C" NOT NULL,
    seminar TEXT COLLATE "C" NOT NULL,
    unit TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,       -- as it was then
    invited BIGINT NOT NULL, -- when; 0: it came of its own
    people BIGINT NOT NULL,  -- how many took part; 0: none, or not noted
    PRIMARY KEY (org, seminar, unit)
);
CREATE INDEX seminar_unit_of ON seminar_unit (org, unit, seminar);

-- Seminars and training briefings (cert/seminar.h).  "begins" and "ends" are the zone's clock as if that were UTC.
CREATE TABLE seminar (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    kind INTEGER NOT NULL,
    title TEXT NOT NULL,
    place TEXT NOT NULL,
    link TEXT NOT NULL,
    about TEXT NOT NULL,
    zone TEXT NOT NULL,
    begins INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    state INTEGER NOT NULL,
    note TEXT NOT NULL,        -- held: what came of it; called off: why
    sequence INTEGER NOT NULL, -- how often what the invitation says has changed
    made INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    changed INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX seminar_at ON seminar (org, at, id);

-- Organisations of the contact network that are invited to one, or took part in it.
CREATE TABLE seminar_unit (
    org TEXT NOT NULL,
    seminar TEXT NOT NULL,
    unit TEXT NOT NULL,
    name TEXT NOT NULL,       -- as it was then
    invited INTEGER NOT NULL, -- when; 0: it came of its own
    people INTEGER NOT NULL,  -- how many took part; 0: none, or not noted
    PRIMARY KEY (org, seminar, unit)
) STRICT;
CREATE INDEX seminar_unit_of ON seminar_unit (org, unit, seminar);

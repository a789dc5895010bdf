-- Duty rosters (cert/duty.h): shifts of posts, once or repeated, and who stands in for whom.  "begins" and "ends" are
-- of the zone's clock, "until" is a moment.
CREATE TABLE duty (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    who INTEGER NOT NULL,
    place INTEGER NOT NULL,
    contact TEXT NOT NULL,
    instead TEXT NOT NULL,
    zone TEXT NOT NULL,
    begins INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    every INTEGER NOT NULL,
    until INTEGER NOT NULL,
    seat INTEGER NOT NULL,
    note TEXT NOT NULL,
    made INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX duty_post ON duty (org, who, place, made, id);
CREATE INDEX contact_name ON contact (org, name);

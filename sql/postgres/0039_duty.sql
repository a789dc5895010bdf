-- Duty rosters (cert/duty.h): shifts of posts, once or repeated, and who stands in for whom.  "begins" and "ends" are
-- of the zone's clock, "until" is a moment.
CREATE TABLE duty (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    who BIGINT NOT NULL,
    place BIGINT NOT NULL,
    contact TEXT COLLATE "C" NOT NULL,
    instead TEXT COLLATE "C" NOT NULL,
    zone TEXT COLLATE "C" NOT NULL,
    begins BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    every BIGINT NOT NULL,
    until BIGINT NOT NULL,
    seat BIGINT NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    made BIGINT NOT NULL,
    made_by TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX duty_post ON duty (org, who, place, made, id);
CREATE INDEX contact_name ON contact (org, name);

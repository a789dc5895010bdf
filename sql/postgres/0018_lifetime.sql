-- How long objects of a type are kept (isac/lifetime.h).
CREATE TABLE object_lifetime (
    org TEXT COLLATE "C" NOT NULL,
    type TEXT COLLATE "C" NOT NULL,
    days BIGINT NOT NULL,
    old_days BIGINT NOT NULL,
    PRIMARY KEY (org, type)
);

-- How long objects of a type are kept (isac/lifetime.h).
CREATE TABLE object_lifetime (
    org TEXT NOT NULL,
    type TEXT NOT NULL,
    days INTEGER NOT NULL,
    old_days INTEGER NOT NULL,
    PRIMARY KEY (org, type)
) STRICT;

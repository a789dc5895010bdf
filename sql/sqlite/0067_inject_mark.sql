-- Points that a person gave for an inject of an exercise (cert/inject_score.h); the others are reckoned.
CREATE TABLE inject_mark (
    org     TEXT NOT NULL,
    id      TEXT NOT NULL, -- of the exercise
    inject  TEXT NOT NULL,
    unit    TEXT NOT NULL, -- of the contact network: who gets them
    points  INTEGER NOT NULL,
    why     TEXT NOT NULL,
    account TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (org, id, inject, unit)
) STRICT;

-- Points that a person gave for an inject of an exercise (cert/inject_score.h); the others are reckoned.
CREATE TABLE inject_mark (
    org     TEXT COLLATE "C" NOT NULL,
    id      TEXT COLLATE "C" NOT NULL, -- of the exercise
    inject  TEXT COLLATE "C" NOT NULL,
    unit    TEXT COLLATE "C" NOT NULL, -- of the contact network: who gets them
    points  BIGINT NOT NULL,
    why     TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (org, id, inject, unit)
);

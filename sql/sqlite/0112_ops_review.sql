-- Operations reviews and the improvements that came of them (cert/ops_review.h).
CREATE TABLE ops_review (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    since INTEGER NOT NULL,        -- the period, without its end
    until INTEGER NOT NULL,
    summary TEXT NOT NULL,
    state INTEGER NOT NULL,        -- 0 draft, 1 closed
    made INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    closed INTEGER NOT NULL,       -- 0 = not
    closed_by TEXT NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX ops_review_until ON ops_review (org, until, id);

CREATE TABLE improvement (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    review TEXT NOT NULL,
    area INTEGER NOT NULL,
    finding TEXT NOT NULL,
    source INTEGER NOT NULL,       -- 0 free, 1 news, 2 incident, 3 exercise, 4 review
    ref TEXT NOT NULL,             -- id of what it came from; '' = free
    measure TEXT NOT NULL,
    owner TEXT NOT NULL,           -- an account's name; '' = nobody
    due INTEGER NOT NULL,          -- 0 = none
    state INTEGER NOT NULL,        -- 0 open, 1 done, 2 dropped
    reason TEXT NOT NULL,
    ended INTEGER NOT NULL,        -- done or dropped then; 0 = open
    made INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX improvement_made ON improvement (org, made, id);
CREATE INDEX improvement_review ON improvement (org, review, made, id);

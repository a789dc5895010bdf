-- Operations reviews and the improvements that came of them (cert/ops_review.h).
CREATE TABLE ops_review (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    since BIGINT NOT NULL,        -- the period, without its end
    until BIGINT NOT NULL,
    summary TEXT NOT NULL,
    state BIGINT NOT NULL,        -- 0 draft, 1 closed
    made BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    closed BIGINT NOT NULL,       -- 0 = not
    closed_by TEXT NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX ops_review_until ON ops_review (org, until, id);

CREATE TABLE improvement (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    review TEXT NOT NULL,
    area BIGINT NOT NULL,
    finding TEXT NOT NULL,
    source BIGINT NOT NULL,       -- 0 free, 1 news, 2 incident, 3 exercise, 4 review
    ref TEXT NOT NULL,             -- id of what it came from; '' = free
    measure TEXT NOT NULL,
    owner TEXT NOT NULL,           -- an account's name; '' = nobody
    due BIGINT NOT NULL,          -- 0 = none
    state BIGINT NOT NULL,        -- 0 open, 1 done, 2 dropped
    reason TEXT NOT NULL,
    ended BIGINT NOT NULL,        -- done or dropped then; 0 = open
    made BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX improvement_made ON improvement (org, made, id);
CREATE INDEX improvement_review ON improvement (org, review, made, id);

-- Covers and swaps that were asked for and wait for those they concern (cert/duty.h).
CREATE TABLE duty_ask (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    who INTEGER NOT NULL,
    place INTEGER NOT NULL,
    contact TEXT NOT NULL,
    instead TEXT NOT NULL,
    zone TEXT NOT NULL,
    begins INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    back INTEGER NOT NULL,
    back_end INTEGER NOT NULL,
    note TEXT NOT NULL,
    until INTEGER NOT NULL,
    state INTEGER NOT NULL,
    contact_by TEXT NOT NULL,
    instead_by TEXT NOT NULL,
    made INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX duty_ask_post ON duty_ask (org, who, place, until, id);

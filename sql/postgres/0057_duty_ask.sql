-- Covers and swaps that were asked for and wait for those they concern (cert/duty.h).
CREATE TABLE duty_ask (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    who BIGINT NOT NULL,
    place BIGINT NOT NULL,
    contact TEXT COLLATE "C" NOT NULL,
    instead TEXT COLLATE "C" NOT NULL,
    zone TEXT COLLATE "C" NOT NULL,
    begins BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    back BIGINT NOT NULL,
    back_end BIGINT NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    until BIGINT NOT NULL,
    state BIGINT NOT NULL,
    contact_by TEXT COLLATE "C" NOT NULL,
    instead_by TEXT COLLATE "C" NOT NULL,
    made BIGINT NOT NULL,
    made_by TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX duty_ask_post ON duty_ask (org, who, place, until, id);

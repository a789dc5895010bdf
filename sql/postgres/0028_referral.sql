-- Referrals (cert/referral.h): who outside the tree of nodes was told of an incident or asked, and what came back.
CREATE TABLE referral (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,          -- UUID
    incident TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,   -- of the organisation, in the order they were recorded
    kind BIGINT NOT NULL,
    exercise BIGINT NOT NULL,
    recipient TEXT COLLATE "C" NOT NULL,
    way TEXT COLLATE "C" NOT NULL,         -- telephone, letter … as people wrote it
    reference TEXT COLLATE "C" NOT NULL,   -- number of the letter or case
    body TEXT COLLATE "C" NOT NULL,        -- what was told or asked for
    sent BIGINT NOT NULL,
    due BIGINT NOT NULL,      -- by when an answer is expected; 0: none is
    recorded BIGINT NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    answered BIGINT NOT NULL, -- the last answer; 0: none
    closed BIGINT NOT NULL,   -- 0: still open
    PRIMARY KEY (org, id)
);
CREATE UNIQUE INDEX referral_number ON referral (org, number);
CREATE INDEX referral_incident ON referral (org, incident, number);

CREATE TABLE referral_answer (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    closed BIGINT NOT NULL,
    PRIMARY KEY (org, id, seq)
);

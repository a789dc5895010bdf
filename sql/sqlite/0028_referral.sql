-- Referrals (cert/referral.h): who outside the tree of nodes was told of an incident or asked, and what came back.
CREATE TABLE referral (
    org TEXT NOT NULL,
    id TEXT NOT NULL,          -- UUID
    incident TEXT NOT NULL,
    number INTEGER NOT NULL,   -- of the organisation, in the order they were recorded
    kind INTEGER NOT NULL,
    exercise INTEGER NOT NULL,
    recipient TEXT NOT NULL,
    way TEXT NOT NULL,         -- telephone, letter … as people wrote it
    reference TEXT NOT NULL,   -- number of the letter or case
    body TEXT NOT NULL,        -- what was told or asked for
    sent INTEGER NOT NULL,
    due INTEGER NOT NULL,      -- by when an answer is expected; 0: none is
    recorded INTEGER NOT NULL,
    account TEXT NOT NULL,
    answered INTEGER NOT NULL, -- the last answer; 0: none
    closed INTEGER NOT NULL,   -- 0: still open
    PRIMARY KEY (org, id)
) STRICT;
CREATE UNIQUE INDEX referral_number ON referral (org, number);
CREATE INDEX referral_incident ON referral (org, incident, number);

CREATE TABLE referral_answer (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    account TEXT NOT NULL,
    body TEXT NOT NULL,
    closed INTEGER NOT NULL,
    PRIMARY KEY (org, id, seq)
) STRICT;

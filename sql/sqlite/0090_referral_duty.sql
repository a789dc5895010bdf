-- What the answers of an incident's report ask to be referred (cert/referral_duty.h): one for each rule that spoke.
CREATE TABLE referral_duty (
    org TEXT NOT NULL,
    incident TEXT NOT NULL,
    rule TEXT NOT NULL,
    id TEXT NOT NULL,        -- UUID
    number INTEGER NOT NULL,    -- of the organisation, in the order they arose
    kinds INTEGER NOT NULL,     -- bits of enum lf_referral_kind: one of them will do
    zh TEXT NOT NULL,        -- what the rule said then
    en TEXT NOT NULL,
    exercise INTEGER NOT NULL,
    since INTEGER NOT NULL,
    due INTEGER NOT NULL,       -- 0: it is a suggestion
    done INTEGER NOT NULL,      -- when a referral of one of the kinds was recorded; 0: none is
    lapsed INTEGER NOT NULL,    -- since when the answers ask for it no more; 0: they do
    decided INTEGER NOT NULL,   -- when somebody decided that none is needed; 0: nobody did
    account TEXT NOT NULL,   -- who
    grounds TEXT NOT NULL,
    PRIMARY KEY (org, incident, rule)
) STRICT;
CREATE UNIQUE INDEX referral_duty_id ON referral_duty (org, id);
CREATE UNIQUE INDEX referral_duty_number ON referral_duty (org, number);
CREATE INDEX referral_duty_due ON referral_duty (due) WHERE done = 0 AND lapsed = 0 AND decided = 0 AND due > 0;

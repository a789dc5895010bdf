-- What the answers of an incident's report ask to be referred (cert/referral_duty.h): one for each rule that spoke.
CREATE TABLE referral_duty (
    org TEXT COLLATE "C" NOT NULL,
    incident TEXT COLLATE "C" NOT NULL,
    rule TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,        -- UUID
    number BIGINT NOT NULL,    -- of the organisation, in the order they arose
    kinds BIGINT NOT NULL,     -- bits of enum lf_referral_kind: one of them will do
    zh TEXT COLLATE "C" NOT NULL,        -- what the rule said then
    en TEXT COLLATE "C" NOT NULL,
    exercise BIGINT NOT NULL,
    since BIGINT NOT NULL,
    due BIGINT NOT NULL,       -- 0: it is a suggestion
    done BIGINT NOT NULL,      -- when a referral of one of the kinds was recorded; 0: none is
    lapsed BIGINT NOT NULL,    -- since when the answers ask for it no more; 0: they do
    decided BIGINT NOT NULL,   -- when somebody decided that none is needed; 0: nobody did
    account TEXT COLLATE "C" NOT NULL,   -- who
    grounds TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, incident, rule)
);
CREATE UNIQUE INDEX referral_duty_id ON referral_duty (org, id);
CREATE UNIQUE INDEX referral_duty_number ON referral_duty (org, number);
CREATE INDEX referral_duty_due ON referral_duty (due) WHERE done = 0 AND lapsed = 0 AND decided = 0 AND due > 0;

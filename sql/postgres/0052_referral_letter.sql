-- What a letter about a referral says of the source of an attack (cert/referral_letter.h).
ALTER TABLE referral ADD COLUMN source TEXT COLLATE "C" NOT NULL DEFAULT ''; -- address, name or URL; '': none is named
ALTER TABLE referral ADD COLUMN port BIGINT NOT NULL DEFAULT 0; -- of the source; 0: not known
ALTER TABLE referral ADD COLUMN seen BIGINT NOT NULL DEFAULT 0; -- when it attacked; 0: not said
ALTER TABLE referral ADD COLUMN mail TEXT COLLATE "C" NOT NULL DEFAULT '';   -- where a letter would go
ALTER TABLE referral_answer ADD COLUMN came BIGINT NOT NULL DEFAULT 0; -- when it came; 0: when it was entered
ALTER TABLE referral_answer ADD COLUMN done TEXT COLLATE "C" NOT NULL DEFAULT '';   -- what was done, as they say

-- Letters that were sent about referrals, in rows of the node as its mail is.
CREATE TABLE referral_letter (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,        -- UUID; "digest" of the mail
    referral TEXT COLLATE "C" NOT NULL,
    made BIGINT NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    recipient TEXT COLLATE "C" NOT NULL, -- mail address
    subject TEXT COLLATE "C" NOT NULL,
    message TEXT COLLATE "C" NOT NULL,   -- as it was said to the mail server
    tlp BIGINT NOT NULL,
    named BIGINT NOT NULL,  -- 1: who was attacked was named
    state BIGINT NOT NULL,  -- of the mail, as are the others
    tries BIGINT NOT NULL,
    told TEXT COLLATE "C" NOT NULL,
    ended BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX referral_letter_of ON referral_letter (org, referral, made);
CREATE INDEX referral_letter_waiting ON referral_letter (org) WHERE state = 0;

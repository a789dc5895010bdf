-- What a letter about a referral says of the source of an attack (cert/referral_letter.h).
ALTER TABLE referral ADD COLUMN source TEXT NOT NULL DEFAULT ''; -- address, name or URL; '': none is named
ALTER TABLE referral ADD COLUMN port INTEGER NOT NULL DEFAULT 0; -- of the source; 0: not known
ALTER TABLE referral ADD COLUMN seen INTEGER NOT NULL DEFAULT 0; -- when it attacked; 0: not said
ALTER TABLE referral ADD COLUMN mail TEXT NOT NULL DEFAULT '';   -- where a letter would go
ALTER TABLE referral_answer ADD COLUMN came INTEGER NOT NULL DEFAULT 0; -- when it came; 0: when it was entered
ALTER TABLE referral_answer ADD COLUMN done TEXT NOT NULL DEFAULT '';   -- what was done, as they say

-- Letters that were sent about referrals, in rows of the node as its mail is.
CREATE TABLE referral_letter (
    org TEXT NOT NULL,
    id TEXT NOT NULL,        -- UUID; "digest" of the mail
    referral TEXT NOT NULL,
    made INTEGER NOT NULL,
    account TEXT NOT NULL,
    recipient TEXT NOT NULL, -- mail address
    subject TEXT NOT NULL,
    message TEXT NOT NULL,   -- as it was said to the mail server
    tlp INTEGER NOT NULL,
    named INTEGER NOT NULL,  -- 1: who was attacked was named
    state INTEGER NOT NULL,  -- of the mail, as are the others
    tries INTEGER NOT NULL,
    told TEXT NOT NULL,
    ended INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX referral_letter_of ON referral_letter (org, referral, made);
CREATE INDEX referral_letter_waiting ON referral_letter (org) WHERE state = 0;

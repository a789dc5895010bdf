-- What a letter about a referral says of the source of an attack (cert/referral_letter.h).
ALTER TABLE referral ADD COLUMN source TEXT NOT NULL DEFAULT ''; -- address, name or URL; '': none is named
ALTER TABLE referral ADD COLUMN port INTEGER NOT NULL DEFAULT 0; -- of the source; 0: not known
ALTER TABLE referral ADD COLUMN seen INTEGER NOT NULL DEFAULT 0; -- when it attacked; 0: not said
ALTER TABLE referral ADD COLUMN mail TEXT NOT NULL DEFAULT '';   -- where a letter would go

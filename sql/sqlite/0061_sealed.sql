-- How what was told by mail was sealed (post/mail.h): it outlives the mail itself.
ALTER TABLE notice_delivery ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE notice_delivery ADD COLUMN seal_keys TEXT NOT NULL DEFAULT '';
ALTER TABLE referral_letter ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE referral_letter ADD COLUMN seal_keys TEXT NOT NULL DEFAULT '';

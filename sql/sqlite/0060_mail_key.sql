-- Keys that mail is encrypted to and its signatures are held against (post/mail_key.h), and how mail was sealed.
CREATE TABLE mail_key (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    contact TEXT NOT NULL,
    address TEXT NOT NULL,      -- small letters; the contact's when it was entered
    giver TEXT NOT NULL,        -- organisation of who entered it
    account TEXT NOT NULL,
    made INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE UNIQUE INDEX mail_key_contact ON mail_key (org, contact, fingerprint);
CREATE INDEX mail_key_address ON mail_key (org, address, made);

ALTER TABLE mail ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;     -- enum lf_mail_how
ALTER TABLE mail ADD COLUMN seal_keys TEXT NOT NULL DEFAULT '';    -- fingerprints: who signed, to whom

-- Keys that mail is encrypted to and its signatures are held against (post/mail_key.h), and how mail was sealed.
CREATE TABLE mail_key (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    contact TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,      -- small letters; the contact's when it was entered
    giver TEXT COLLATE "C" NOT NULL,        -- organisation of who entered it
    account TEXT COLLATE "C" NOT NULL,
    made BIGINT NOT NULL,
    fingerprint TEXT COLLATE "C" NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE UNIQUE INDEX mail_key_contact ON mail_key (org, contact, fingerprint);
CREATE INDEX mail_key_address ON mail_key (org, address, made);

ALTER TABLE mail ADD COLUMN sealed BIGINT NOT NULL DEFAULT 0;     -- enum lf_mail_how
ALTER TABLE mail ADD COLUMN seal_keys TEXT COLLATE "C" NOT NULL DEFAULT '';    -- fingerprints: who signed, to whom

-- Mail that waits or went (isac/mail.h), and digests of new intelligence that are made of it (isac/digest.h).
CREATE TABLE mail (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    digest TEXT NOT NULL,
    address TEXT NOT NULL,
    text TEXT NOT NULL,
    made INTEGER NOT NULL,
    state INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    next INTEGER NOT NULL,
    told TEXT NOT NULL,
    ended INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX mail_next ON mail (org, next) WHERE state = 0;
CREATE INDEX mail_digest ON mail (org, digest, made);

CREATE TABLE digest (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    account TEXT NOT NULL,
    address TEXT NOT NULL,
    english INTEGER NOT NULL,
    weekly INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    collection TEXT NOT NULL,
    tlp INTEGER NOT NULL,
    created INTEGER NOT NULL,
    next INTEGER NOT NULL,
    since INTEGER NOT NULL,
    position INTEGER NOT NULL,
    trouble TEXT NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX digest_next ON digest (org, next);

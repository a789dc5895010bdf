-- Mail that waits or went (isac/mail.h), and digests of new intelligence that are made of it (isac/digest.h).
CREATE TABLE mail (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    made BIGINT NOT NULL,
    state BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    next BIGINT NOT NULL,
    told TEXT COLLATE "C" NOT NULL,
    ended BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX mail_next ON mail (org, next) WHERE state = 0;
CREATE INDEX mail_digest ON mail (org, digest, made);

CREATE TABLE digest (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    english BIGINT NOT NULL,
    weekly BIGINT NOT NULL,
    hour BIGINT NOT NULL,
    collection TEXT COLLATE "C" NOT NULL,
    tlp BIGINT NOT NULL,
    created BIGINT NOT NULL,
    next BIGINT NOT NULL,
    since BIGINT NOT NULL,
    position BIGINT NOT NULL,
    trouble TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX digest_next ON digest (org, next);

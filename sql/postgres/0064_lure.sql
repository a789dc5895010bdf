-- Mail of social-engineering drills (cert/lure.h): who agreed, what is sent, and how those who got it did.
CREATE TABLE lure_consent (
    org TEXT COLLATE "C" NOT NULL,
    domain TEXT COLLATE "C" NOT NULL,  -- of its people's addresses
    unit TEXT COLLATE "C" NOT NULL,    -- of the contact network
    person TEXT COLLATE "C" NOT NULL,  -- who agreed for it
    account TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (org, domain)
);

CREATE TABLE lure (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,        -- of the exercise
    subject TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    english BIGINT NOT NULL,
    per_hour BIGINT NOT NULL,
    keep_days BIGINT NOT NULL, -- after its end, then addresses and links go
    state BIGINT NOT NULL,
    started BIGINT NOT NULL,
    stopped BIGINT NOT NULL,   -- 0: not yet
    erased BIGINT NOT NULL,    -- 0: not yet
    PRIMARY KEY (org, id)
);

CREATE TABLE lure_person (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    unit TEXT COLLATE "C" NOT NULL,
    unit_name TEXT COLLATE "C" NOT NULL,
    mail TEXT COLLATE "C" NOT NULL,      -- '' = erased, as are name and link
    name TEXT COLLATE "C" NOT NULL,
    link TEXT COLLATE "C" NOT NULL,      -- random; '' = not sent
    sent BIGINT NOT NULL,
    opened BIGINT NOT NULL,
    reported BIGINT NOT NULL,
    PRIMARY KEY (org, id, seq)
);
CREATE UNIQUE INDEX lure_person_mail ON lure_person (org, id, mail) WHERE mail <> '';
CREATE UNIQUE INDEX lure_person_link ON lure_person (link) WHERE link <> '';

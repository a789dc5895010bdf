-- Mail of social-engineering drills (cert/lure.h): who agreed, what is sent, and how those who got it did.
CREATE TABLE lure_consent (
    org TEXT NOT NULL,
    domain TEXT NOT NULL,  -- of its people's addresses
    unit TEXT NOT NULL,    -- of the contact network
    person TEXT NOT NULL,  -- who agreed for it
    account TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (org, domain)
) STRICT;

CREATE TABLE lure (
    org TEXT NOT NULL,
    id TEXT NOT NULL,        -- of the exercise
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    english INTEGER NOT NULL,
    per_hour INTEGER NOT NULL,
    keep_days INTEGER NOT NULL, -- after its end, then addresses and links go
    state INTEGER NOT NULL,
    started INTEGER NOT NULL,
    stopped INTEGER NOT NULL,   -- 0: not yet
    erased INTEGER NOT NULL,    -- 0: not yet
    PRIMARY KEY (org, id)
) STRICT;

CREATE TABLE lure_person (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    unit TEXT NOT NULL,
    unit_name TEXT NOT NULL,
    mail TEXT NOT NULL,      -- '' = erased, as are name and link
    name TEXT NOT NULL,
    link TEXT NOT NULL,      -- random; '' = not sent
    sent INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    reported INTEGER NOT NULL,
    PRIMARY KEY (org, id, seq)
) STRICT;
CREATE UNIQUE INDEX lure_person_mail ON lure_person (org, id, mail) WHERE mail <> '';
CREATE UNIQUE INDEX lure_person_link ON lure_person (link) WHERE link <> '';

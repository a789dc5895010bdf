-- Partners (isac/partner.h), the channels to them, and each time one was tried.
CREATE TABLE partner (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    country TEXT NOT NULL,         -- ISO 3166-1, two letters
    kind BIGINT NOT NULL,
    active BIGINT NOT NULL,       -- 0: the partnership is over
    agreement TEXT NOT NULL,
    since BIGINT NOT NULL,        -- of the agreement; 0 = not said
    until BIGINT NOT NULL,        -- the last day of it; 0 = none
    tlp BIGINT NOT NULL,          -- the strictest that may go there; 0 = nothing is agreed
    owner TEXT NOT NULL,           -- an account's name; '' = nobody
    feed TEXT NOT NULL,            -- of this node that is theirs; '' = none
    peer TEXT NOT NULL,
    note TEXT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE UNIQUE INDEX partner_name ON partner (org, name);

CREATE TABLE partner_channel (
    org TEXT NOT NULL,
    partner TEXT NOT NULL,
    channel BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    value TEXT NOT NULL,
    days BIGINT NOT NULL,         -- between tries
    due BIGINT NOT NULL,          -- to be tried by then
    tried BIGINT NOT NULL,        -- 0: never
    answered BIGINT NOT NULL,     -- that time
    PRIMARY KEY (org, partner, channel)
);

CREATE TABLE partner_try (
    org TEXT NOT NULL,
    partner TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    account TEXT NOT NULL,
    kind BIGINT NOT NULL,         -- of the channel, as it was then
    value TEXT NOT NULL,
    answered BIGINT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (org, partner, seq)
);

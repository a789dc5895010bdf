-- Partners (isac/partner.h), the channels to them, and each time one was tried.
CREATE TABLE partner (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    country TEXT NOT NULL,         -- ISO 3166-1, two letters
    kind INTEGER NOT NULL,
    active INTEGER NOT NULL,       -- 0: the partnership is over
    agreement TEXT NOT NULL,
    since INTEGER NOT NULL,        -- of the agreement; 0 = not said
    until INTEGER NOT NULL,        -- the last day of it; 0 = none
    tlp INTEGER NOT NULL,          -- the strictest that may go there; 0 = nothing is agreed
    owner TEXT NOT NULL,           -- an account's name; '' = nobody
    feed TEXT NOT NULL,            -- of this node that is theirs; '' = none
    peer TEXT NOT NULL,
    note TEXT NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE UNIQUE INDEX partner_name ON partner (org, name);

CREATE TABLE partner_channel (
    org TEXT NOT NULL,
    partner TEXT NOT NULL,
    channel INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    value TEXT NOT NULL,
    days INTEGER NOT NULL,         -- between tries
    due INTEGER NOT NULL,          -- to be tried by then
    tried INTEGER NOT NULL,        -- 0: never
    answered INTEGER NOT NULL,     -- that time
    PRIMARY KEY (org, partner, channel)
) STRICT;

CREATE TABLE partner_try (
    org TEXT NOT NULL,
    partner TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    account TEXT NOT NULL,
    kind INTEGER NOT NULL,         -- of the channel, as it was then
    value TEXT NOT NULL,
    answered INTEGER NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (org, partner, seq)
) STRICT;

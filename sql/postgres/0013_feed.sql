-- Feeds (isac/feed.h): what is fetched by a clock, where it stands, and what each of them gave.
CREATE TABLE feed (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    url TEXT COLLATE "C" NOT NULL,
    format TEXT COLLATE "C" NOT NULL,
    mapping TEXT COLLATE "C" NOT NULL,
    tlp TEXT COLLATE "C" NOT NULL,
    grade TEXT COLLATE "C" NOT NULL,
    confidence BIGINT NOT NULL,
    collection TEXT COLLATE "C" NOT NULL,
    every BIGINT NOT NULL,
    gone BIGINT NOT NULL,
    auth BIGINT NOT NULL,
    login TEXT COLLATE "C" NOT NULL,
    secret TEXT COLLATE "C" NOT NULL,
    pin TEXT COLLATE "C" NOT NULL,
    private BIGINT NOT NULL,
    most BIGINT NOT NULL,
    patience BIGINT NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    next BIGINT NOT NULL,
    asked BIGINT NOT NULL,
    etag TEXT COLLATE "C" NOT NULL,
    modified TEXT COLLATE "C" NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    position TEXT COLLATE "C" NOT NULL,
    run BIGINT NOT NULL,
    ran BIGINT NOT NULL,
    ok BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    trouble TEXT COLLATE "C" NOT NULL,
    notes TEXT COLLATE "C" NOT NULL,
    fresh BIGINT NOT NULL,
    other BIGINT NOT NULL,
    same BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    lost BIGINT NOT NULL,
    ended BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE UNIQUE INDEX feed_name ON feed (org, name);
CREATE INDEX feed_next ON feed (org, next);

-- Of a feed of many documents: which state of each was taken.
CREATE TABLE feed_part (
    org TEXT COLLATE "C" NOT NULL,
    feed TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    stamp TEXT COLLATE "C" NOT NULL,
    run BIGINT NOT NULL,
    PRIMARY KEY (org, feed, name)
);

-- The last runs of each feed; failed ones say why.
CREATE TABLE feed_run (
    org TEXT COLLATE "C" NOT NULL,
    feed TEXT COLLATE "C" NOT NULL,
    run BIGINT NOT NULL,
    began BIGINT NOT NULL,
    over BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    trouble TEXT COLLATE "C" NOT NULL,
    fresh BIGINT NOT NULL,
    other BIGINT NOT NULL,
    same BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    lost BIGINT NOT NULL,
    ended BIGINT NOT NULL,
    PRIMARY KEY (org, feed, run)
);

-- Where an object came from: the fetch that brought what it says now.  hash: of the object without the time of
-- the fetch; sha256: of the document; run: the last fetch that had it.
CREATE TABLE feed_object (
    org TEXT COLLATE "C" NOT NULL,
    feed TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    part TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    first BIGINT NOT NULL,
    at BIGINT NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    run BIGINT NOT NULL,
    ended BIGINT NOT NULL,
    PRIMARY KEY (org, id, feed)
);
CREATE INDEX feed_object_run ON feed_object (org, feed, part, run) WHERE ended = 0;

-- Members of the national exchange (isac/national.h): legacy parties that speak TAXII 1.1 with us.
CREATE TABLE national_member (
    org TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    pin TEXT COLLATE "C" NOT NULL,
    addresses TEXT COLLATE "C" NOT NULL,
    inbox TEXT COLLATE "C" NOT NULL,
    outbox TEXT COLLATE "C" NOT NULL,
    read_to BIGINT NOT NULL,
    met BIGINT NOT NULL,
    taken BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    given BIGINT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (org, account)
);
CREATE UNIQUE INDEX national_member_code ON national_member (org, code);

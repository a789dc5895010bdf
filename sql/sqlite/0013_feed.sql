-- Feeds (isac/feed.h): what is fetched by a clock, where it stands, and what each of them gave.
CREATE TABLE feed (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    format TEXT NOT NULL,
    mapping TEXT NOT NULL,
    tlp TEXT NOT NULL,
    grade TEXT NOT NULL,
    confidence INTEGER NOT NULL,
    collection TEXT NOT NULL,
    every INTEGER NOT NULL,
    gone INTEGER NOT NULL,
    auth INTEGER NOT NULL,
    login TEXT NOT NULL,
    secret TEXT NOT NULL,
    pin TEXT NOT NULL,
    private INTEGER NOT NULL,
    most INTEGER NOT NULL,
    patience INTEGER NOT NULL,
    account TEXT NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    next INTEGER NOT NULL,
    asked INTEGER NOT NULL,
    etag TEXT NOT NULL,
    modified TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    position TEXT NOT NULL,
    run INTEGER NOT NULL,
    ran INTEGER NOT NULL,
    ok INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    trouble TEXT NOT NULL,
    notes TEXT NOT NULL,
    fresh INTEGER NOT NULL,
    other INTEGER NOT NULL,
    same INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    lost INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE UNIQUE INDEX feed_name ON feed (org, name);
CREATE INDEX feed_next ON feed (org, next);

-- Of a feed of many documents: which state of each was taken.
CREATE TABLE feed_part (
    org TEXT NOT NULL,
    feed TEXT NOT NULL,
    name TEXT NOT NULL,
    stamp TEXT NOT NULL,
    run INTEGER NOT NULL,
    PRIMARY KEY (org, feed, name)
) STRICT;

-- The last runs of each feed; failed ones say why.
CREATE TABLE feed_run (
    org TEXT NOT NULL,
    feed TEXT NOT NULL,
    run INTEGER NOT NULL,
    began INTEGER NOT NULL,
    over INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    trouble TEXT NOT NULL,
    fresh INTEGER NOT NULL,
    other INTEGER NOT NULL,
    same INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    lost INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    PRIMARY KEY (org, feed, run)
) STRICT;

-- Where an object came from: the fetch that brought what it says now.  hash: of the object without the time of
-- the fetch; sha256: of the document; run: the last fetch that had it.
CREATE TABLE feed_object (
    org TEXT NOT NULL,
    feed TEXT NOT NULL,
    id TEXT NOT NULL,
    part TEXT NOT NULL,
    hash TEXT NOT NULL,
    first INTEGER NOT NULL,
    at INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    run INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    PRIMARY KEY (org, id, feed)
) STRICT;
CREATE INDEX feed_object_run ON feed_object (org, feed, part, run) WHERE ended = 0;

-- Members of the national exchange (isac/national.h): legacy parties that speak TAXII 1.1 with us.
CREATE TABLE national_member (
    org TEXT NOT NULL,
    account TEXT NOT NULL,
    code TEXT NOT NULL,
    pin TEXT NOT NULL,
    addresses TEXT NOT NULL,
    inbox TEXT NOT NULL,
    outbox TEXT NOT NULL,
    read_to INTEGER NOT NULL,
    met INTEGER NOT NULL,
    taken INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    given INTEGER NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (org, account)
) STRICT;
CREATE UNIQUE INDEX national_member_code ON national_member (org, code);

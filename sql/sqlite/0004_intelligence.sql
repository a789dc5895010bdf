-- intelligence: peers, collections, objects, indicators, the link
CREATE TABLE peer (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    kind INTEGER NOT NULL,
    state INTEGER NOT NULL,
    node TEXT NOT NULL,
    name TEXT NOT NULL,
    tier TEXT NOT NULL,
    url TEXT NOT NULL,
    pin TEXT NOT NULL,
    sign_key TEXT NOT NULL,
    api_root TEXT NOT NULL,
    members TEXT NOT NULL,
    inbox TEXT NOT NULL,
    up TEXT NOT NULL,
    token TEXT NOT NULL,
    created INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (id)
) STRICT;
CREATE UNIQUE INDEX peer_pin ON peer (kind, pin);
CREATE UNIQUE INDEX peer_node ON peer (kind, node) WHERE node <> '';

CREATE TABLE invite (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    expires INTEGER NOT NULL,
    used_by TEXT NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (id)
) STRICT;

CREATE TABLE collection (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    alias TEXT NOT NULL,
    title TEXT NOT NULL,
    readers TEXT NOT NULL,
    writers TEXT NOT NULL,
    last_added INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (number),
    UNIQUE (org, alias)
) STRICT;

-- Objects and what collections have of them: docs/adr/0026.  Rows have numbers where others have names.
CREATE TABLE stix_type (
    number INTEGER NOT NULL,
    type TEXT NOT NULL,
    PRIMARY KEY (number),
    UNIQUE (type)
) STRICT;

-- Through whom an object came: the peer (origin; empty: ours) and the account of it.
CREATE TABLE stix_source (
    org TEXT NOT NULL,
    number INTEGER NOT NULL,
    origin TEXT NOT NULL,
    author TEXT NOT NULL,
    PRIMARY KEY (number),
    UNIQUE (org, origin, author)
) STRICT;

-- One version of an object by one origin.  key: keyed hash of the id; ids are compared behind it.
CREATE TABLE stix_object (
    seq INTEGER NOT NULL,
    key INTEGER NOT NULL,
    version INTEGER NOT NULL,
    source INTEGER NOT NULL,
    received INTEGER NOT NULL,
    id TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (seq)
) STRICT;
CREATE INDEX stix_object_key ON stix_object (key, version);

-- rank: 0 is both the first and the last version of its object here, 1 the last, 2 the first, 3 neither;
-- what is asked for most is one range.  kind: twice the type's number, and one for STIX 2.0.
CREATE TABLE collection_object (
    coll INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    added INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    version INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    maker INTEGER NOT NULL,
    marking INTEGER NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (coll, rank, added)
) STRICT, WITHOUT ROWID;
CREATE INDEX collection_object_kind ON collection_object (coll, kind, rank, added, seq, version, flags, maker,
                                                        marking, source);
CREATE INDEX collection_object_version ON collection_object (coll, version, added);
CREATE INDEX collection_object_seq ON collection_object (seq, coll);
CREATE INDEX collection_object_source ON collection_object (source, version, coll) WHERE source <> '';

CREATE TABLE taxii_status (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    account TEXT NOT NULL,
    made INTEGER NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (id)
) STRICT;
CREATE INDEX taxii_status_made ON taxii_status (made);

CREATE TABLE link_cursor (
    org TEXT NOT NULL,
    peer TEXT NOT NULL,
    collection TEXT NOT NULL,
    after TEXT NOT NULL,
    PRIMARY KEY (peer, collection)
) STRICT;

CREATE TABLE outbox (
    org TEXT NOT NULL,
    seq INTEGER NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (seq)
) STRICT;

CREATE TABLE isac_counter (
    name TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (name)
) STRICT;

CREATE TABLE policy (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    json TEXT NOT NULL,
    signed_by TEXT NOT NULL,
    signed_at INTEGER NOT NULL,
    sign_key TEXT NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (id)
) STRICT;
CREATE INDEX policy_at ON policy (org, signed_at);

CREATE TABLE indicator (
    org TEXT NOT NULL,
    origin TEXT NOT NULL,
    id TEXT NOT NULL,
    kind INTEGER NOT NULL,
    value TEXT NOT NULL,
    state TEXT NOT NULL,
    evidence INTEGER NOT NULL,
    policy TEXT NOT NULL,
    alert TEXT NOT NULL,
    incident TEXT NOT NULL,
    derived_from TEXT NOT NULL,
    published INTEGER NOT NULL,
    created INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    valid_until INTEGER NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (org, origin, id)
) STRICT;
-- of a pattern only its beginning: an index takes no whole ones
CREATE INDEX indicator_value ON indicator (org, kind, substr(value, 1, 200));
CREATE INDEX indicator_new ON indicator (org, modified, id);
CREATE INDEX indicator_id ON indicator (org, id);
CREATE INDEX indicator_until ON indicator (org, valid_until) WHERE state IN ('provisional', 'active');

CREATE TABLE indicator_action (
    org TEXT NOT NULL,
    seq INTEGER NOT NULL,
    indicator TEXT NOT NULL,
    kind INTEGER NOT NULL,
    value TEXT NOT NULL,
    block INTEGER NOT NULL,
    provisional INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    PRIMARY KEY (seq)
) STRICT;

-- Values on a warning list that a person lets out all the same (isac/warning.h).
CREATE TABLE warning_override (
    org TEXT NOT NULL,
    kind INTEGER NOT NULL,
    value TEXT NOT NULL,
    list TEXT NOT NULL,
    reason TEXT NOT NULL,
    account TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (org, kind, value)
) STRICT;

-- What members hand in, as the second line correlates it (isac/arrival.h).
CREATE TABLE arrival (
    org TEXT NOT NULL,
    seq INTEGER NOT NULL,
    received INTEGER NOT NULL,
    happened INTEGER NOT NULL,
    peer TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (org, seq)
) STRICT;
CREATE INDEX arrival_received ON arrival (org, received);

-- How often, when first and last an indicator was seen in our own events (isac/sighting.h).
CREATE TABLE indicator_sighting (
    org TEXT NOT NULL,
    indicator TEXT NOT NULL,
    value TEXT NOT NULL,
    list TEXT NOT NULL,
    count INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (org, indicator)
) STRICT;

-- What the markings of an object are, as a number in its row (isac/rights.h).
CREATE TABLE marking_key (
    org TEXT NOT NULL,
    marking INTEGER NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (org, marking)
) STRICT;

-- What marking-definitions mean, by who said so.
CREATE TABLE marking_def (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    author TEXT NOT NULL,
    trusted INTEGER NOT NULL,
    unknown INTEGER NOT NULL,
    tlp INTEGER NOT NULL,
    grp TEXT NOT NULL,
    PRIMARY KEY (org, id, author)
) STRICT;

CREATE TABLE sharing_group (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    marking TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (org, id),
    UNIQUE (org, name)
) STRICT;

CREATE TABLE sharing_group_member (
    org TEXT NOT NULL,
    grp TEXT NOT NULL,
    member TEXT NOT NULL,
    PRIMARY KEY (org, grp, member)
) STRICT;

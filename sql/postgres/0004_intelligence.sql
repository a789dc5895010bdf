-- intelligence: peers, collections, objects, indicators, the link
CREATE TABLE peer (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    kind BIGINT NOT NULL,
    state BIGINT NOT NULL,
    node TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    tier TEXT COLLATE "C" NOT NULL,
    url TEXT COLLATE "C" NOT NULL,
    pin TEXT COLLATE "C" NOT NULL,
    sign_key TEXT COLLATE "C" NOT NULL,
    api_root TEXT COLLATE "C" NOT NULL,
    members TEXT COLLATE "C" NOT NULL,
    inbox TEXT COLLATE "C" NOT NULL,
    up TEXT COLLATE "C" NOT NULL,
    token TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    PRIMARY KEY (id)
);
CREATE UNIQUE INDEX peer_pin ON peer (kind, pin);
CREATE UNIQUE INDEX peer_node ON peer (kind, node) WHERE node <> '';

CREATE TABLE invite (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    secret_hash TEXT COLLATE "C" NOT NULL,
    expires BIGINT NOT NULL,
    used_by TEXT COLLATE "C" NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE collection (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    alias TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    readers TEXT COLLATE "C" NOT NULL,
    writers TEXT COLLATE "C" NOT NULL,
    last_added BIGINT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (number),
    UNIQUE (org, alias)
);

-- Objects and what collections have of them: docs/adr/0026.  Rows have numbers where others have names.
CREATE TABLE stix_type (
    number BIGINT NOT NULL,
    type TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (number),
    UNIQUE (type)
);

-- Through whom an object came: the peer (origin; empty: ours) and the account of it.
CREATE TABLE stix_source (
    org TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    origin TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (number),
    UNIQUE (org, origin, author)
);

-- One version of an object by one origin.  key: keyed hash of the id; ids are compared behind it.
CREATE TABLE stix_object (
    seq BIGINT NOT NULL,
    key BIGINT NOT NULL,
    version BIGINT NOT NULL,
    source BIGINT NOT NULL,
    received BIGINT NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    json TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (seq)
);
CREATE INDEX stix_object_key ON stix_object (key, version);

-- rank: 0 is both the first and the last version of its object here, 1 the last, 2 the first, 3 neither;
-- what is asked for most is one range.  kind: twice the type's number, and one for STIX 2.0.
CREATE TABLE collection_object (
    coll BIGINT NOT NULL,
    rank BIGINT NOT NULL,
    added BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    version BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    flags BIGINT NOT NULL,
    maker BIGINT NOT NULL,
    marking BIGINT NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (coll, rank, added)
);
CREATE INDEX collection_object_kind ON collection_object (coll, kind, rank, added, seq, version, flags, maker,
                                                        marking, source);
CREATE INDEX collection_object_version ON collection_object (coll, version, added);
CREATE INDEX collection_object_seq ON collection_object (seq, coll);
CREATE INDEX collection_object_source ON collection_object (source, version, coll) WHERE source <> '';

CREATE TABLE taxii_status (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    made BIGINT NOT NULL,
    json TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX taxii_status_made ON taxii_status (made);

CREATE TABLE link_cursor (
    org TEXT COLLATE "C" NOT NULL,
    peer TEXT COLLATE "C" NOT NULL,
    collection TEXT COLLATE "C" NOT NULL,
    after TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (peer, collection)
);

CREATE TABLE outbox (
    org TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    json TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (seq)
);

CREATE TABLE isac_counter (
    name TEXT COLLATE "C" NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (name)
);

CREATE TABLE policy (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    json TEXT COLLATE "C" NOT NULL,
    signed_by TEXT COLLATE "C" NOT NULL,
    signed_at BIGINT NOT NULL,
    sign_key TEXT COLLATE "C" NOT NULL,
    signature TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX policy_at ON policy (org, signed_at);

CREATE TABLE indicator (
    org TEXT COLLATE "C" NOT NULL,
    origin TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    kind BIGINT NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    evidence BIGINT NOT NULL,
    policy TEXT COLLATE "C" NOT NULL,
    alert TEXT COLLATE "C" NOT NULL,
    incident TEXT COLLATE "C" NOT NULL,
    derived_from TEXT COLLATE "C" NOT NULL,
    published BIGINT NOT NULL,
    created BIGINT NOT NULL,
    modified BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    json TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, origin, id)
);
-- of a pattern only its beginning: an index takes no whole ones
CREATE INDEX indicator_value ON indicator (org, kind, substr(value, 1, 200));
CREATE INDEX indicator_new ON indicator (org, modified, id);
CREATE INDEX indicator_id ON indicator (org, id);
CREATE INDEX indicator_until ON indicator (org, valid_until) WHERE state IN ('provisional', 'active');

CREATE TABLE indicator_action (
    org TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    indicator TEXT COLLATE "C" NOT NULL,
    kind BIGINT NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    block BIGINT NOT NULL,
    provisional BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    PRIMARY KEY (seq)
);

-- Values on a warning list that a person lets out all the same (isac/warning.h).
CREATE TABLE warning_override (
    org TEXT COLLATE "C" NOT NULL,
    kind BIGINT NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    list TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (org, kind, value)
);

-- What members hand in, as the second line correlates it (isac/arrival.h).
CREATE TABLE arrival (
    org TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    received BIGINT NOT NULL,
    happened BIGINT NOT NULL,
    peer TEXT COLLATE "C" NOT NULL,
    json TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, seq)
);
CREATE INDEX arrival_received ON arrival (org, received);

-- How often, when first and last an indicator was seen in our own events (isac/sighting.h).
CREATE TABLE indicator_sighting (
    org TEXT COLLATE "C" NOT NULL,
    indicator TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    list TEXT COLLATE "C" NOT NULL,
    count BIGINT NOT NULL,
    first BIGINT NOT NULL,
    last BIGINT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (org, indicator)
);

-- What the markings of an object are, as a number in its row (isac/rights.h).
CREATE TABLE marking_key (
    org TEXT COLLATE "C" NOT NULL,
    marking BIGINT NOT NULL,
    facts TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, marking)
);

-- What marking-definitions mean, by who said so.
CREATE TABLE marking_def (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    trusted BIGINT NOT NULL,
    unknown BIGINT NOT NULL,
    tlp BIGINT NOT NULL,
    grp TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, id, author)
);

CREATE TABLE sharing_group (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    marking TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (org, id),
    UNIQUE (org, name)
);

CREATE TABLE sharing_group_member (
    org TEXT COLLATE "C" NOT NULL,
    grp TEXT COLLATE "C" NOT NULL,
    member TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, grp, member)
);

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
    alias TEXT NOT NULL,
    title TEXT NOT NULL,
    readers TEXT NOT NULL,
    writers TEXT NOT NULL,
    last_added INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (org, alias)
) STRICT;

CREATE TABLE stix_object (
    org TEXT NOT NULL,
    origin TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    type TEXT NOT NULL,
    json TEXT NOT NULL,
    created_by TEXT NOT NULL,
    received INTEGER NOT NULL,
    PRIMARY KEY (org, id, version, origin)
) STRICT;

CREATE TABLE collection_object (
    org TEXT NOT NULL,
    collection TEXT NOT NULL,
    added INTEGER NOT NULL,
    origin TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    version_text TEXT NOT NULL,
    type TEXT NOT NULL,
    spec_version TEXT NOT NULL,
    is_first INTEGER NOT NULL,
    is_last INTEGER NOT NULL,
    marking INTEGER NOT NULL,
    author TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (collection, added),
    UNIQUE (collection, id, version, origin)
) STRICT;
CREATE INDEX collection_object_source ON collection_object (collection, source, version) WHERE source <> '';
CREATE INDEX collection_object_type ON collection_object (collection, type, added);

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

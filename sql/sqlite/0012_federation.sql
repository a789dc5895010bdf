-- Keys and places that change (isac/keys.h): the TLS key that a peer said it will use next, the
-- version of the protocol it speaks, and up to where it has read.
ALTER TABLE peer ADD COLUMN next_pin TEXT NOT NULL DEFAULT '';
ALTER TABLE peer ADD COLUMN next_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE peer ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE peer ADD COLUMN read_to INTEGER NOT NULL DEFAULT 0;
CREATE INDEX peer_next_pin ON peer (kind, next_pin) WHERE next_pin <> '';

-- Signing keys that nodes have replaced: what was signed with them holds on for a while.
CREATE TABLE incident_key (
    node TEXT NOT NULL,
    key TEXT NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (node, key)
) STRICT;

-- A parent that this node left may be joined again.
DROP INDEX peer_pin;
DROP INDEX peer_node;
CREATE UNIQUE INDEX peer_pin ON peer (kind, pin) WHERE state <> 3;
CREATE UNIQUE INDEX peer_node ON peer (kind, node) WHERE node <> '' AND state <> 3;

-- Heads of the audit trail that were countersigned (isac/chain.h): by this node for a child, or for this
-- node by its parent; one a peer and hour.
CREATE TABLE chain_head (
    org TEXT NOT NULL,
    peer TEXT NOT NULL,
    hour INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (peer, hour)
) STRICT;
-- The last one, and what a child is asked for next.
CREATE TABLE chain_peer (
    org TEXT NOT NULL,
    peer TEXT NOT NULL,
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL,
    at INTEGER NOT NULL,
    skew INTEGER NOT NULL,
    ask INTEGER NOT NULL,
    ask_hash TEXT NOT NULL,
    broken TEXT NOT NULL,
    PRIMARY KEY (peer)
) STRICT;

-- Rules of a link (isac/transform.h), all that were in force; and which object of the link stands for which.
CREATE TABLE link_rule (
    org TEXT NOT NULL,
    peer TEXT NOT NULL,
    number INTEGER NOT NULL,
    json TEXT NOT NULL,
    account TEXT NOT NULL,
    at INTEGER NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (peer, number)
) STRICT;
CREATE TABLE link_copy (
    org TEXT NOT NULL,
    peer TEXT NOT NULL,
    source TEXT NOT NULL,
    copy TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (peer, source)
) STRICT;
CREATE INDEX link_copy_copy ON link_copy (peer, copy);

-- Keys and places that change (isac/keys.h): the TLS key that a peer said it will use next, the
-- version of the protocol it speaks, and up to where it has read.
ALTER TABLE peer ADD COLUMN next_pin TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE peer ADD COLUMN next_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE peer ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE peer ADD COLUMN read_to BIGINT NOT NULL DEFAULT 0;
CREATE INDEX peer_next_pin ON peer (kind, next_pin) WHERE next_pin <> '';

-- Signing keys that nodes have replaced: what was signed with them holds on for a while.
CREATE TABLE incident_key (
    node TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (node, key)
);

-- A parent that this node left may be joined again.
DROP INDEX peer_pin;
DROP INDEX peer_node;
CREATE UNIQUE INDEX peer_pin ON peer (kind, pin) WHERE state <> 3;
CREATE UNIQUE INDEX peer_node ON peer (kind, node) WHERE node <> '' AND state <> 3;

-- Heads of the audit trail that were countersigned (isac/chain.h): by this node for a child, or for this
-- node by its parent; one a peer and hour.
CREATE TABLE chain_head (
    org TEXT COLLATE "C" NOT NULL,
    peer TEXT COLLATE "C" NOT NULL,
    hour BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    json TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (peer, hour)
);
-- The last one, and what a child is asked for next.
CREATE TABLE chain_peer (
    org TEXT COLLATE "C" NOT NULL,
    peer TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    skew BIGINT NOT NULL,
    ask BIGINT NOT NULL,
    ask_hash TEXT COLLATE "C" NOT NULL,
    broken TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (peer)
);

-- Rules of a link (isac/transform.h), all that were in force; and which object of the link stands for which.
CREATE TABLE link_rule (
    org TEXT COLLATE "C" NOT NULL,
    peer TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    json TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (peer, number)
);
CREATE TABLE link_copy (
    org TEXT COLLATE "C" NOT NULL,
    peer TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    copy TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (peer, source)
);
CREATE INDEX link_copy_copy ON link_copy (peer, copy);

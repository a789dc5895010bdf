-- Questions to the archives below (isac/question.h): ours (origin '') and those of the node above.
CREATE TABLE question (
    org TEXT NOT NULL,
    id TEXT NOT NULL,          -- question--<uuid> of who asked
    seq INTEGER NOT NULL,      -- the order they came in
    origin TEXT NOT NULL,      -- the parent's peer id; '' = ours
    kind INTEGER NOT NULL,
    name TEXT NOT NULL,
    asker TEXT NOT NULL,       -- identity--<uuid>
    asker_name TEXT NOT NULL,
    asker_tier TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    received INTEGER NOT NULL,
    state INTEGER NOT NULL,    -- of this node's own answer
    reason TEXT NOT NULL,
    decided_by TEXT NOT NULL,  -- account, 'policy' or ''
    decided INTEGER NOT NULL,
    due INTEGER NOT NULL,      -- 1: the node above is to be told anew
    told INTEGER NOT NULL,     -- version of the answer told last
    object TEXT NOT NULL,      -- id under which it was passed on; '' = not
    json TEXT NOT NULL,        -- as it was made or came
    result TEXT NOT NULL,      -- what was found here, whole: stays here
    tries INTEGER NOT NULL DEFAULT 0, -- runs that were begun
    answer TEXT NOT NULL,      -- what of it may be told
    PRIMARY KEY (org, id)
) STRICT;
CREATE UNIQUE INDEX question_seq ON question (org, seq);
CREATE INDEX question_open ON question (org, state, seq);
CREATE INDEX question_expires ON question (org, expires);
CREATE INDEX question_due ON question (org, seq) WHERE due = 1;

-- What each child has said of it.
CREATE TABLE question_member (
    org TEXT NOT NULL,
    question TEXT NOT NULL,
    peer TEXT NOT NULL,
    state INTEGER NOT NULL,
    version INTEGER NOT NULL,
    open INTEGER NOT NULL,     -- of it and those below, how many are not done
    json TEXT NOT NULL,        -- its answer; '' = none yet
    PRIMARY KEY (org, question, peer)
) STRICT;

-- What a reviewer allowed to be asked of this node; the last one holds.
CREATE TABLE question_policy (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    json TEXT NOT NULL,
    account TEXT NOT NULL,
    at INTEGER NOT NULL,
    key TEXT NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (org, at, id)
) STRICT;

-- Transfer by signed file (isac/transfer.h): how far the files between this node and a peer have come.
CREATE TABLE transfer (
    org TEXT NOT NULL,
    peer TEXT NOT NULL,
    sent INTEGER NOT NULL,      -- number of the last file made for it
    took INTEGER NOT NULL,      -- number of the last file taken from it,
    took_sha TEXT NOT NULL,     -- its SHA-256,
    took_at INTEGER NOT NULL,
    refused TEXT NOT NULL,      -- and what of it was refused: JSON list
    have_members TEXT NOT NULL, -- a child: up to where it has what is here for it, as it said itself
    have_inbox TEXT NOT NULL,
    PRIMARY KEY (org, peer)
) STRICT;

-- What the files for the parent carried, until it says that it took them.
CREATE TABLE transfer_sent (
    org TEXT NOT NULL,
    peer TEXT NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    sha TEXT NOT NULL,          -- of the file, as a receipt names it
    last_event INTEGER NOT NULL,
    last_object INTEGER NOT NULL,
    PRIMARY KEY (org, peer, number)
) STRICT;

-- Names backwards with a dot behind, so that those below one lie together; '' = no name.
ALTER TABLE indicator ADD COLUMN reversed TEXT NOT NULL DEFAULT '';
CREATE INDEX indicator_reversed ON indicator (org, reversed) WHERE reversed <> '';

-- Questions to the archives below (isac/question.h): ours (origin '') and those of the node above.
CREATE TABLE question (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,          -- question--<uuid> of who asked
    seq BIGINT NOT NULL,      -- the order they came in
    origin TEXT COLLATE "C" NOT NULL,      -- the parent's peer id; '' = ours
    kind BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    asker TEXT COLLATE "C" NOT NULL,       -- identity--<uuid>
    asker_name TEXT COLLATE "C" NOT NULL,
    asker_tier TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    received BIGINT NOT NULL,
    state BIGINT NOT NULL,    -- of this node's own answer
    reason TEXT COLLATE "C" NOT NULL,
    decided_by TEXT COLLATE "C" NOT NULL,  -- account, 'policy' or ''
    decided BIGINT NOT NULL,
    due BIGINT NOT NULL,      -- 1: the node above is to be told anew
    told BIGINT NOT NULL,     -- version of the answer told last
    object TEXT COLLATE "C" NOT NULL,      -- id under which it was passed on; '' = not
    json TEXT COLLATE "C" NOT NULL,        -- as it was made or came
    result TEXT COLLATE "C" NOT NULL,      -- what was found here, whole: stays here
    tries BIGINT NOT NULL DEFAULT 0, -- runs that were begun
    answer TEXT COLLATE "C" NOT NULL,      -- what of it may be told
    PRIMARY KEY (org, id)
);
CREATE UNIQUE INDEX question_seq ON question (org, seq);
CREATE INDEX question_open ON question (org, state, seq);
CREATE INDEX question_expires ON question (org, expires);
CREATE INDEX question_due ON question (org, seq) WHERE due = 1;

-- What each child has said of it.
CREATE TABLE question_member (
    org TEXT COLLATE "C" NOT NULL,
    question TEXT COLLATE "C" NOT NULL,
    peer TEXT COLLATE "C" NOT NULL,
    state BIGINT NOT NULL,
    version BIGINT NOT NULL,
    open BIGINT NOT NULL,     -- of it and those below, how many are not done
    json TEXT COLLATE "C" NOT NULL,        -- its answer; '' = none yet
    PRIMARY KEY (org, question, peer)
);

-- What a reviewer allowed to be asked of this node; the last one holds.
CREATE TABLE question_policy (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    json TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    signature TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, at, id)
);

-- Transfer by signed file (isac/transfer.h): how far the files between this node and a peer have come.
CREATE TABLE transfer (
    org TEXT COLLATE "C" NOT NULL,
    peer TEXT COLLATE "C" NOT NULL,
    sent BIGINT NOT NULL,      -- number of the last file made for it
    took BIGINT NOT NULL,      -- number of the last file taken from it,
    took_sha TEXT COLLATE "C" NOT NULL,     -- its SHA-256,
    took_at BIGINT NOT NULL,
    refused TEXT COLLATE "C" NOT NULL,      -- and what of it was refused: JSON list
    have_members TEXT COLLATE "C" NOT NULL, -- a child: up to where it has what is here for it, as it said itself
    have_inbox TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, peer)
);

-- What the files for the parent carried, until it says that it took them.
CREATE TABLE transfer_sent (
    org TEXT COLLATE "C" NOT NULL,
    peer TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    sha TEXT COLLATE "C" NOT NULL,          -- of the file, as a receipt names it
    last_event BIGINT NOT NULL,
    last_object BIGINT NOT NULL,
    PRIMARY KEY (org, peer, number)
);

-- Names backwards with a dot behind, so that those below one lie together; '' = no name.
ALTER TABLE indicator ADD COLUMN reversed TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX indicator_reversed ON indicator (org, reversed) WHERE reversed <> '';

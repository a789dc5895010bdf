-- Members and bulletins (isac/member.h, isac/bulletin.h): who is asked, and what each answered.

-- What is known of a member besides its link; peer '' = one without a node of its own.
CREATE TABLE member (
    org TEXT NOT NULL,
    id TEXT NOT NULL,          -- UUID; of a node below: its peer's
    name TEXT NOT NULL,
    sectors TEXT NOT NULL,     -- industry-sector-ov, a blank between
    level TEXT NOT NULL,       -- responsibility level A to E, or empty
    mail TEXT NOT NULL,
    peer TEXT NOT NULL,
    changed INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;

CREATE TABLE bulletin (
    org TEXT NOT NULL,
    id TEXT NOT NULL,          -- report--<uuid> of the advisory
    origin TEXT NOT NULL,      -- peer it came from; '' = ours
    audience TEXT NOT NULL,    -- JSON; '' = all members
    peers TEXT NOT NULL,       -- those of them that have a node, a blank between
    reply_by INTEGER NOT NULL,
    issued INTEGER NOT NULL,   -- 0: not out yet
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX bulletin_issued ON bulletin (org, issued, id);

-- One who was asked, and the last it answered.
CREATE TABLE bulletin_row (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    member TEXT NOT NULL,      -- of member; 'self'; or the report of an answer that a member passed on
    number INTEGER NOT NULL,   -- of the node: what a link names it by
    name TEXT NOT NULL,
    peer TEXT NOT NULL,        -- the node it answers through; '' = none
    below INTEGER NOT NULL,    -- 1: a member of that node, not the node itself
    mail TEXT NOT NULL,
    sent INTEGER NOT NULL,
    read INTEGER NOT NULL,
    verdict INTEGER NOT NULL,  -- -1: none yet
    incident TEXT NOT NULL,
    measures TEXT NOT NULL,
    done INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    answerer TEXT NOT NULL,    -- account, 'link', or peer:<id>
    answers INTEGER NOT NULL,
    version INTEGER NOT NULL,  -- of the FBI it came in, or that it went up in
    reminded INTEGER NOT NULL,
    reminders INTEGER NOT NULL,
    PRIMARY KEY (org, id, member)
) STRICT;
CREATE UNIQUE INDEX bulletin_row_number ON bulletin_row (org, number);

-- Each answer that ever was given.
CREATE TABLE bulletin_answer (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    member TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    answerer TEXT NOT NULL,
    verdict INTEGER NOT NULL,
    incident TEXT NOT NULL,
    measures TEXT NOT NULL,
    done INTEGER NOT NULL,
    PRIMARY KEY (org, id, member, seq)
) STRICT;

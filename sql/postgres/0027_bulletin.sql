-- Members and bulletins (isac/member.h, isac/bulletin.h): who is asked, and what each answered.

-- What is known of a member besides its link; peer '' = one without a node of its own.
CREATE TABLE member (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,          -- UUID; of a node below: its peer's
    name TEXT COLLATE "C" NOT NULL,
    sectors TEXT COLLATE "C" NOT NULL,     -- industry-sector-ov, a blank between
    level TEXT COLLATE "C" NOT NULL,       -- responsibility level A to E, or empty
    mail TEXT COLLATE "C" NOT NULL,
    peer TEXT COLLATE "C" NOT NULL,
    changed BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);

CREATE TABLE bulletin (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,          -- report--<uuid> of the advisory
    origin TEXT COLLATE "C" NOT NULL,      -- peer it came from; '' = ours
    audience TEXT COLLATE "C" NOT NULL,    -- JSON; '' = all members
    peers TEXT COLLATE "C" NOT NULL,       -- those of them that have a node, a blank between
    reply_by BIGINT NOT NULL,
    issued BIGINT NOT NULL,   -- 0: not out yet
    PRIMARY KEY (org, id)
);
CREATE INDEX bulletin_issued ON bulletin (org, issued, id);

-- One who was asked, and the last it answered.
CREATE TABLE bulletin_row (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    member TEXT COLLATE "C" NOT NULL,      -- of member; 'self'; or the report of an answer that a member passed on
    number BIGINT NOT NULL,   -- of the node: what a link names it by
    name TEXT COLLATE "C" NOT NULL,
    peer TEXT COLLATE "C" NOT NULL,        -- the node it answers through; '' = none
    below BIGINT NOT NULL,    -- 1: a member of that node, not the node itself
    mail TEXT COLLATE "C" NOT NULL,
    sent BIGINT NOT NULL,
    read BIGINT NOT NULL,
    verdict BIGINT NOT NULL,  -- -1: none yet
    incident TEXT COLLATE "C" NOT NULL,
    measures TEXT COLLATE "C" NOT NULL,
    done BIGINT NOT NULL,
    answered BIGINT NOT NULL,
    answerer TEXT COLLATE "C" NOT NULL,    -- account, 'link', or peer:<id>
    answers BIGINT NOT NULL,
    version BIGINT NOT NULL,  -- of the FBI it came in, or that it went up in
    reminded BIGINT NOT NULL,
    reminders BIGINT NOT NULL,
    PRIMARY KEY (org, id, member)
);
CREATE UNIQUE INDEX bulletin_row_number ON bulletin_row (org, number);

-- Each answer that ever was given.
CREATE TABLE bulletin_answer (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    member TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    answerer TEXT COLLATE "C" NOT NULL,
    verdict BIGINT NOT NULL,
    incident TEXT COLLATE "C" NOT NULL,
    measures TEXT COLLATE "C" NOT NULL,
    done BIGINT NOT NULL,
    PRIMARY KEY (org, id, member, seq)
);

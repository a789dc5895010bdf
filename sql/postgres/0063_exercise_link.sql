-- Exercises over links (cert/exercise_part.h).  Of one that came from the node above: where from, what its
-- version there was, and what is answered here.
ALTER TABLE exercise ADD COLUMN origin TEXT COLLATE "C" NOT NULL DEFAULT '';    -- the peer above; '' = conducted here
ALTER TABLE exercise ADD COLUMN conductor TEXT COLLATE "C" NOT NULL DEFAULT ''; -- identity--…, who conducts it
ALTER TABLE exercise ADD COLUMN conductor_name TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE exercise ADD COLUMN path TEXT COLLATE "C" NOT NULL DEFAULT '';      -- nodes it came through, a blank between
ALTER TABLE exercise ADD COLUMN whole BIGINT NOT NULL DEFAULT 0;   -- 1: all below this node take part
ALTER TABLE exercise ADD COLUMN source BIGINT NOT NULL DEFAULT 0;  -- version of what came
ALTER TABLE exercise ADD COLUMN version BIGINT NOT NULL DEFAULT 0; -- of what goes down
ALTER TABLE exercise ADD COLUMN fresh BIGINT NOT NULL DEFAULT 0;   -- 1: what is below is to be told
ALTER TABLE exercise ADD COLUMN answer BIGINT NOT NULL DEFAULT 0;
ALTER TABLE exercise ADD COLUMN answered BIGINT NOT NULL DEFAULT 0;
ALTER TABLE exercise ADD COLUMN why TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE exercise ADD COLUMN due BIGINT NOT NULL DEFAULT 0;     -- 1: the node above is to be told
ALTER TABLE exercise ADD COLUMN told BIGINT NOT NULL DEFAULT 0;    -- version of what it was told last
ALTER TABLE exercise ADD COLUMN done_mark TEXT COLLATE "C" NOT NULL DEFAULT ''; -- what of tasks and answers that held
ALTER TABLE exercise ADD COLUMN late_told BIGINT NOT NULL DEFAULT 0; -- 1: that result reports are overdue was said
CREATE INDEX exercise_fresh ON exercise (org, id) WHERE fresh = 1;
CREATE INDEX exercise_due ON exercise (org, id) WHERE due = 1;
ALTER TABLE exercise_member ADD COLUMN below BIGINT NOT NULL DEFAULT 0; -- 1: with all below it

-- What nodes and tenants said of an exercise.
CREATE TABLE exercise_part (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    node TEXT COLLATE "C" NOT NULL,      -- identity--…, or tenant:<organisation>
    via TEXT COLLATE "C" NOT NULL,       -- the child it lies at or below; '' = a tenant
    name TEXT COLLATE "C" NOT NULL,
    tier TEXT COLLATE "C" NOT NULL,
    carried BIGINT NOT NULL, -- version of the exercise that its inbox has; 0 = none, or it lies further below
    gone BIGINT NOT NULL,    -- 1: it was told that it takes part no more
    answer BIGINT NOT NULL,
    answered BIGINT NOT NULL,
    why TEXT COLLATE "C" NOT NULL,
    reported BIGINT NOT NULL,
    report TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL, -- of what it said
    due BIGINT NOT NULL,     -- 1: the node above is to be told
    told BIGINT NOT NULL,    -- version of what that was told
    PRIMARY KEY (org, id, node)
);
CREATE INDEX exercise_part_due ON exercise_part (org, id) WHERE due = 1;

-- Tasks and answers to notices that a node said are done.
CREATE TABLE exercise_done (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    node TEXT COLLATE "C" NOT NULL,
    via TEXT COLLATE "C" NOT NULL,
    incident TEXT COLLATE "C" NOT NULL, -- '' = step is an inject
    step TEXT COLLATE "C" NOT NULL,
    ended BIGINT NOT NULL,
    PRIMARY KEY (org, id, node, incident, step)
);

-- Injects that were told: to this node (here), a tenant (tenant:<organisation>) or a child (its peer).
CREATE TABLE exercise_told (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    inject TEXT COLLATE "C" NOT NULL,
    dest TEXT COLLATE "C" NOT NULL,
    zh TEXT COLLATE "C" NOT NULL,
    en TEXT COLLATE "C" NOT NULL,
    tell_zh TEXT COLLATE "C" NOT NULL,
    tell_en TEXT COLLATE "C" NOT NULL,
    english BIGINT NOT NULL,
    expect TEXT COLLATE "C" NOT NULL,
    task TEXT COLLATE "C" NOT NULL,
    points BIGINT NOT NULL,
    told BIGINT NOT NULL,
    until_at BIGINT NOT NULL, -- 0: nothing is expected
    received BIGINT NOT NULL,
    whole BIGINT NOT NULL,
    carried BIGINT NOT NULL,  -- a child: 1 when it is in its inbox
    PRIMARY KEY (org, id, inject, dest)
);
CREATE INDEX exercise_told_waiting ON exercise_told (org, dest) WHERE carried = 0;

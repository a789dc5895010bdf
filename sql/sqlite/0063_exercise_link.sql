-- Exercises over links (cert/exercise_part.h).  Of one that came from the node above: where from, what its
-- version there was, and what is answered here.
ALTER TABLE exercise ADD COLUMN origin TEXT NOT NULL DEFAULT '';    -- the peer above; '' = conducted here
ALTER TABLE exercise ADD COLUMN conductor TEXT NOT NULL DEFAULT ''; -- identity--…, who conducts it
ALTER TABLE exercise ADD COLUMN conductor_name TEXT NOT NULL DEFAULT '';
ALTER TABLE exercise ADD COLUMN path TEXT NOT NULL DEFAULT '';      -- nodes it came through, a blank between
ALTER TABLE exercise ADD COLUMN whole INTEGER NOT NULL DEFAULT 0;   -- 1: all below this node take part
ALTER TABLE exercise ADD COLUMN source INTEGER NOT NULL DEFAULT 0;  -- version of what came
ALTER TABLE exercise ADD COLUMN version INTEGER NOT NULL DEFAULT 0; -- of what goes down
ALTER TABLE exercise ADD COLUMN fresh INTEGER NOT NULL DEFAULT 0;   -- 1: what is below is to be told
ALTER TABLE exercise ADD COLUMN answer INTEGER NOT NULL DEFAULT 0;
ALTER TABLE exercise ADD COLUMN answered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE exercise ADD COLUMN why TEXT NOT NULL DEFAULT '';
ALTER TABLE exercise ADD COLUMN due INTEGER NOT NULL DEFAULT 0;     -- 1: the node above is to be told
ALTER TABLE exercise ADD COLUMN told INTEGER NOT NULL DEFAULT 0;    -- version of what it was told last
ALTER TABLE exercise ADD COLUMN done_mark TEXT NOT NULL DEFAULT ''; -- what of tasks and answers that held
ALTER TABLE exercise ADD COLUMN late_told INTEGER NOT NULL DEFAULT 0; -- 1: that result reports are overdue was said
CREATE INDEX exercise_fresh ON exercise (org, id) WHERE fresh = 1;
CREATE INDEX exercise_due ON exercise (org, id) WHERE due = 1;
ALTER TABLE exercise_member ADD COLUMN below INTEGER NOT NULL DEFAULT 0; -- 1: with all below it

-- What nodes and tenants said of an exercise.
CREATE TABLE exercise_part (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    node TEXT NOT NULL,      -- identity--…, or tenant:<organisation>
    via TEXT NOT NULL,       -- the child it lies at or below; '' = a tenant
    name TEXT NOT NULL,
    tier TEXT NOT NULL,
    carried INTEGER NOT NULL, -- version of the exercise that its inbox has; 0 = none, or it lies further below
    gone INTEGER NOT NULL,    -- 1: it was told that it takes part no more
    answer INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    why TEXT NOT NULL,
    reported INTEGER NOT NULL,
    report TEXT NOT NULL,
    version INTEGER NOT NULL, -- of what it said
    due INTEGER NOT NULL,     -- 1: the node above is to be told
    told INTEGER NOT NULL,    -- version of what that was told
    PRIMARY KEY (org, id, node)
) STRICT;
CREATE INDEX exercise_part_due ON exercise_part (org, id) WHERE due = 1;

-- Tasks and answers to notices that a node said are done.
CREATE TABLE exercise_done (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    node TEXT NOT NULL,
    via TEXT NOT NULL,
    incident TEXT NOT NULL, -- '' = step is an inject
    step TEXT NOT NULL,
    ended INTEGER NOT NULL,
    PRIMARY KEY (org, id, node, incident, step)
) STRICT;

-- Injects that were told: to this node (here), a tenant (tenant:<organisation>) or a child (its peer).
CREATE TABLE exercise_told (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    inject TEXT NOT NULL,
    dest TEXT NOT NULL,
    zh TEXT NOT NULL,
    en TEXT NOT NULL,
    tell_zh TEXT NOT NULL,
    tell_en TEXT NOT NULL,
    english INTEGER NOT NULL,
    expect TEXT NOT NULL,
    task TEXT NOT NULL,
    points INTEGER NOT NULL,
    told INTEGER NOT NULL,
    until_at INTEGER NOT NULL, -- 0: nothing is expected
    received INTEGER NOT NULL,
    whole INTEGER NOT NULL,
    carried INTEGER NOT NULL,  -- a child: 1 when it is in its inbox
    PRIMARY KEY (org, id, inject, dest)
) STRICT;
CREATE INDEX exercise_told_waiting ON exercise_told (org, dest) WHERE carried = 0;

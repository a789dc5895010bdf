-- The response team (資安應變小組): who can be called with which skills (cert/responder.h), and the teams that are
-- called together for an incident or a drill (cert/team.h).
CREATE TABLE responder (
    org TEXT COLLATE "C" NOT NULL,
    contact TEXT COLLATE "C" NOT NULL,
    skills BIGINT NOT NULL,
    available BIGINT NOT NULL,
    rest BIGINT NOT NULL,   -- not called before; 0: at any time
    note TEXT COLLATE "C" NOT NULL,
    changed BIGINT NOT NULL,
    PRIMARY KEY (org, contact)
);

CREATE TABLE team (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    incident TEXT COLLATE "C" NOT NULL,  -- '' = of none
    exercise BIGINT NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    needs TEXT COLLATE "C" NOT NULL,     -- "forensics:2,law:1"
    place TEXT COLLATE "C" NOT NULL,
    begins BIGINT NOT NULL,
    answer_by BIGINT NOT NULL,
    who BIGINT NOT NULL,    -- the post that its people man
    seat BIGINT NOT NULL,
    rest BIGINT NOT NULL,   -- how long nobody of it is called again
    state BIGINT NOT NULL,
    moves BIGINT NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    made BIGINT NOT NULL,
    made_by TEXT COLLATE "C" NOT NULL,
    changed BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX team_made ON team (org, made, id);
CREATE INDEX team_open ON team (org, id) WHERE state < 3;

CREATE TABLE team_call (
    org TEXT COLLATE "C" NOT NULL,
    team TEXT COLLATE "C" NOT NULL,
    contact TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,      -- as it was then, as that of the organisation
    unit TEXT COLLATE "C" NOT NULL,
    skills BIGINT NOT NULL,
    skill BIGINT NOT NULL,  -- what he is counted for; -1: nothing
    state BIGINT NOT NULL,
    todo BIGINT NOT NULL,   -- what he is yet to be told; 0: nothing
    eta BIGINT NOT NULL,
    said BIGINT NOT NULL,
    said_by TEXT COLLATE "C" NOT NULL,
    manning TEXT COLLATE "C" NOT NULL,   -- '' = has not come
    released BIGINT NOT NULL,
    handback TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, team, contact)
);
CREATE INDEX team_call_todo ON team_call (org, team, contact) WHERE todo > 0;
CREATE INDEX team_call_name ON team_call (org, team, name, contact);
CREATE INDEX team_call_comes ON team_call (org, contact, team) WHERE state = 1;

-- Tasks of the incident that were given to somebody of the team.
CREATE TABLE team_task (
    org TEXT COLLATE "C" NOT NULL,
    team TEXT COLLATE "C" NOT NULL,
    contact TEXT COLLATE "C" NOT NULL,
    task TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, team, contact, task)
);

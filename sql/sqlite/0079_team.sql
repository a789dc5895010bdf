-- The response team (資安應變小組): who can be called with which skills (cert/responder.h), and the teams that are
-- called together for an incident or a drill (cert/team.h).
CREATE TABLE responder (
    org TEXT NOT NULL,
    contact TEXT NOT NULL,
    skills INTEGER NOT NULL,
    available INTEGER NOT NULL,
    rest INTEGER NOT NULL,   -- not called before; 0: at any time
    note TEXT NOT NULL,
    changed INTEGER NOT NULL,
    PRIMARY KEY (org, contact)
) STRICT;

CREATE TABLE team (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    incident TEXT NOT NULL,  -- '' = of none
    exercise INTEGER NOT NULL,
    title TEXT NOT NULL,
    needs TEXT NOT NULL,     -- "forensics:2,law:1"
    place TEXT NOT NULL,
    begins INTEGER NOT NULL,
    answer_by INTEGER NOT NULL,
    who INTEGER NOT NULL,    -- the post that its people man
    seat INTEGER NOT NULL,
    rest INTEGER NOT NULL,   -- how long nobody of it is called again
    state INTEGER NOT NULL,
    moves INTEGER NOT NULL,
    note TEXT NOT NULL,
    made INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    changed INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX team_made ON team (org, made, id);
CREATE INDEX team_open ON team (org, id) WHERE state < 3;

CREATE TABLE team_call (
    org TEXT NOT NULL,
    team TEXT NOT NULL,
    contact TEXT NOT NULL,
    name TEXT NOT NULL,      -- as it was then, as that of the organisation
    unit TEXT NOT NULL,
    skills INTEGER NOT NULL,
    skill INTEGER NOT NULL,  -- what he is counted for; -1: nothing
    state INTEGER NOT NULL,
    todo INTEGER NOT NULL,   -- what he is yet to be told; 0: nothing
    eta INTEGER NOT NULL,
    said INTEGER NOT NULL,
    said_by TEXT NOT NULL,
    manning TEXT NOT NULL,   -- '' = has not come
    released INTEGER NOT NULL,
    handback TEXT NOT NULL,
    PRIMARY KEY (org, team, contact)
) STRICT;
CREATE INDEX team_call_todo ON team_call (org, team, contact) WHERE todo > 0;
CREATE INDEX team_call_name ON team_call (org, team, name, contact);
CREATE INDEX team_call_comes ON team_call (org, contact, team) WHERE state = 1;

-- Tasks of the incident that were given to somebody of the team.
CREATE TABLE team_task (
    org TEXT NOT NULL,
    team TEXT NOT NULL,
    contact TEXT NOT NULL,
    task TEXT NOT NULL,
    PRIMARY KEY (org, team, contact, task)
) STRICT;

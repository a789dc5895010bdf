-- Tasks of incidents (cert/incident_task.h): working notes of this node, which do not travel.
CREATE TABLE incident_task (
    org      TEXT COLLATE "C" NOT NULL,
    id       TEXT COLLATE "C" NOT NULL,    -- UUID
    incident TEXT COLLATE "C" NOT NULL,
    number   BIGINT NOT NULL, -- of the organisation, in the order they were added
    origin   TEXT COLLATE "C" NOT NULL,    -- the step of a playbook it came from; '': a person added it
    phase    BIGINT NOT NULL,
    state    BIGINT NOT NULL,
    title    TEXT COLLATE "C" NOT NULL,
    detail   TEXT COLLATE "C" NOT NULL,
    assignee TEXT COLLATE "C" NOT NULL,    -- an account's name; '': nobody
    due      BIGINT NOT NULL, -- 9223372036854775807: none
    added    BIGINT NOT NULL,
    ended    BIGINT NOT NULL, -- done or cancelled; 0: open
    entries  BIGINT NOT NULL, -- of its log
    account  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE UNIQUE INDEX incident_task_number ON incident_task (org, number);
CREATE INDEX incident_task_of ON incident_task (org, incident, number);
CREATE UNIQUE INDEX incident_task_origin ON incident_task (org, incident, origin) WHERE origin <> '';
CREATE INDEX incident_task_open ON incident_task (org, due, number) WHERE ended = 0;
CREATE INDEX incident_task_open_by ON incident_task (org, assignee, due, number) WHERE ended = 0;
CREATE INDEX incident_task_ended ON incident_task (org, ended, number) WHERE ended > 0;
CREATE INDEX incident_task_ended_by ON incident_task (org, assignee, ended, number) WHERE ended > 0;

-- Its log: each entry is how the task stood from then on, and what was noted; never changed.
CREATE TABLE incident_task_entry (
    org      TEXT COLLATE "C" NOT NULL,
    task     TEXT COLLATE "C" NOT NULL,
    seq      BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    account  TEXT COLLATE "C" NOT NULL,
    phase    BIGINT NOT NULL,
    state    BIGINT NOT NULL,
    title    TEXT COLLATE "C" NOT NULL,
    assignee TEXT COLLATE "C" NOT NULL,
    due      BIGINT NOT NULL,
    note     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, task, seq)
);

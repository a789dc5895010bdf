-- Tasks of incidents (cert/incident_task.h): working notes of this node, which do not travel.
CREATE TABLE incident_task (
    org      TEXT NOT NULL,
    id       TEXT NOT NULL,    -- UUID
    incident TEXT NOT NULL,
    number   INTEGER NOT NULL, -- of the organisation, in the order they were added
    origin   TEXT NOT NULL,    -- the step of a playbook it came from; '': a person added it
    phase    INTEGER NOT NULL,
    state    INTEGER NOT NULL,
    title    TEXT NOT NULL,
    detail   TEXT NOT NULL,
    assignee TEXT NOT NULL,    -- an account's name; '': nobody
    due      INTEGER NOT NULL, -- 9223372036854775807: none
    added    INTEGER NOT NULL,
    ended    INTEGER NOT NULL, -- done or cancelled; 0: open
    entries  INTEGER NOT NULL, -- of its log
    account  TEXT NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE UNIQUE INDEX incident_task_number ON incident_task (org, number);
CREATE INDEX incident_task_of ON incident_task (org, incident, number);
CREATE UNIQUE INDEX incident_task_origin ON incident_task (org, incident, origin) WHERE origin <> '';
CREATE INDEX incident_task_open ON incident_task (org, due, number) WHERE ended = 0;
CREATE INDEX incident_task_open_by ON incident_task (org, assignee, due, number) WHERE ended = 0;
CREATE INDEX incident_task_ended ON incident_task (org, ended, number) WHERE ended > 0;
CREATE INDEX incident_task_ended_by ON incident_task (org, assignee, ended, number) WHERE ended > 0;

-- Its log: each entry is how the task stood from then on, and what was noted; never changed.
CREATE TABLE incident_task_entry (
    org      TEXT NOT NULL,
    task     TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    account  TEXT NOT NULL,
    phase    INTEGER NOT NULL,
    state    INTEGER NOT NULL,
    title    TEXT NOT NULL,
    assignee TEXT NOT NULL,
    due      INTEGER NOT NULL,
    note     TEXT NOT NULL,
    PRIMARY KEY (org, task, seq)
) STRICT, WITHOUT ROWID;

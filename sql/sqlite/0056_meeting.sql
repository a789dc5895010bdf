-- Meetings of the response centre (cert/meeting.h): who is invited and was there, what was on the agenda and said of
-- it, what was decided, with the task that came of it.  "begins" and "ends" are the zone's clock as if that were UTC.
CREATE TABLE meeting (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    incident TEXT NOT NULL,
    incident_title TEXT NOT NULL,
    exercise INTEGER NOT NULL,
    title TEXT NOT NULL,
    place TEXT NOT NULL,
    link TEXT NOT NULL,
    zone TEXT NOT NULL,
    begins INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    convener TEXT NOT NULL,
    convener_name TEXT NOT NULL,
    state INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    made INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    changed INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX meeting_at ON meeting (org, at, id);
CREATE INDEX meeting_incident ON meeting (org, incident, at, id);

CREATE TABLE meeting_guest (
    org TEXT NOT NULL,
    meeting TEXT NOT NULL,
    contact TEXT NOT NULL,
    name TEXT NOT NULL,
    post TEXT NOT NULL,
    attendance INTEGER NOT NULL,
    stand_in TEXT NOT NULL,
    PRIMARY KEY (org, meeting, contact)
) STRICT;

CREATE TABLE meeting_item (
    org TEXT NOT NULL,
    meeting TEXT NOT NULL,
    seq INTEGER NOT NULL,
    title TEXT NOT NULL,
    minutes TEXT NOT NULL,
    PRIMARY KEY (org, meeting, seq)
) STRICT;

CREATE TABLE meeting_decision (
    org TEXT NOT NULL,
    meeting TEXT NOT NULL,
    seq INTEGER NOT NULL,
    item INTEGER NOT NULL,
    decision TEXT NOT NULL,
    owner TEXT NOT NULL,
    due INTEGER NOT NULL,
    task TEXT NOT NULL,
    made INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    PRIMARY KEY (org, meeting, seq)
) STRICT;

-- Meetings of the response centre (cert/meeting.h): who is invited and was there, what was on the agenda and said of
-- it, what was decided, with the task that came of it.  "begins" and "ends" are the zone's clock as if that were UTC.
CREATE TABLE meeting (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    incident TEXT COLLATE "C" NOT NULL,
    incident_title TEXT COLLATE "C" NOT NULL,
    exercise BIGINT NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    place TEXT COLLATE "C" NOT NULL,
    link TEXT COLLATE "C" NOT NULL,
    zone TEXT COLLATE "C" NOT NULL,
    begins BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    convener TEXT COLLATE "C" NOT NULL,
    convener_name TEXT COLLATE "C" NOT NULL,
    state BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    made BIGINT NOT NULL,
    made_by TEXT COLLATE "C" NOT NULL,
    changed BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX meeting_at ON meeting (org, at, id);
CREATE INDEX meeting_incident ON meeting (org, incident, at, id);

CREATE TABLE meeting_guest (
    org TEXT COLLATE "C" NOT NULL,
    meeting TEXT COLLATE "C" NOT NULL,
    contact TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    post TEXT COLLATE "C" NOT NULL,
    attendance BIGINT NOT NULL,
    stand_in TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, meeting, contact)
);

CREATE TABLE meeting_item (
    org TEXT COLLATE "C" NOT NULL,
    meeting TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    minutes TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, meeting, seq)
);

CREATE TABLE meeting_decision (
    org TEXT COLLATE "C" NOT NULL,
    meeting TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    item BIGINT NOT NULL,
    decision TEXT COLLATE "C" NOT NULL,
    owner TEXT COLLATE "C" NOT NULL,
    due BIGINT NOT NULL,
    task TEXT COLLATE "C" NOT NULL,
    made BIGINT NOT NULL,
    made_by TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, meeting, seq)
);

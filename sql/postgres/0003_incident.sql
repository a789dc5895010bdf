-- incident: events are the truth and never change; the row of an incident is what
-- they fold to, kept for lists.
CREATE TABLE incident (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    org         TEXT COLLATE "C" NOT NULL,
    node        TEXT COLLATE "C" NOT NULL,
    peer        TEXT COLLATE "C" NOT NULL,
    title       TEXT COLLATE "C" NOT NULL,
    alert       TEXT COLLATE "C" NOT NULL,
    review      TEXT COLLATE "C" NOT NULL,
    handling    TEXT COLLATE "C" NOT NULL,
    level       BIGINT NOT NULL,
    exercise    BIGINT NOT NULL,
    aware_at    BIGINT NOT NULL,
    reported_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    c1_start    BIGINT NOT NULL,
    c1_due      BIGINT NOT NULL,
    c1_ended    BIGINT NOT NULL,
    c1_dropped  BIGINT NOT NULL,
    c1_met      BIGINT NOT NULL,
    rising      BIGINT NOT NULL,
    events      BIGINT NOT NULL,
    created     BIGINT NOT NULL,
    updated     BIGINT NOT NULL,
    category    TEXT COLLATE "C" NOT NULL,
    text_mark   BIGINT NOT NULL
);
-- What a list may ask for is in its index: a filter that few meet reads no rows in vain.
CREATE INDEX incident_created ON incident (org, created, id, level, review, handling, category, aware_at, exercise, c1_due, c1_ended);
CREATE INDEX incident_clock ON incident (org, c1_met, c1_due, id, c1_ended, exercise);
CREATE UNIQUE INDEX incident_alert ON incident (org, alert) WHERE alert <> '';

-- The words of an incident's title and description.
CREATE TABLE incident_term (
    org      TEXT COLLATE "C" NOT NULL,
    term     TEXT COLLATE "C" NOT NULL,
    created  BIGINT NOT NULL,
    incident TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, term, created, incident)
);
CREATE INDEX incident_term_of ON incident_term (incident);

CREATE TABLE incident_event (
    id       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    org      TEXT COLLATE "C" NOT NULL,
    incident TEXT COLLATE "C" NOT NULL,
    node     TEXT COLLATE "C" NOT NULL,
    sequence BIGINT NOT NULL,
    kind     TEXT COLLATE "C" NOT NULL,
    recorded BIGINT NOT NULL,
    received BIGINT NOT NULL,
    json     TEXT COLLATE "C" NOT NULL,
    UNIQUE (incident, node, sequence)
);

-- Nodes that a peer passed events of on to us: the key it first vouched for stays.
CREATE TABLE incident_node (
    node  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    key   TEXT COLLATE "C" NOT NULL,
    tier  TEXT COLLATE "C" NOT NULL,
    via   TEXT COLLATE "C" NOT NULL,
    first BIGINT NOT NULL
);

CREATE TABLE incident_outgoing (
    seq   BIGINT NOT NULL PRIMARY KEY,
    dest  TEXT COLLATE "C" NOT NULL,
    event TEXT COLLATE "C" NOT NULL,
    acked BIGINT NOT NULL,
    UNIQUE (dest, event)
);
CREATE INDEX incident_outgoing_waiting ON incident_outgoing (dest, seq) WHERE acked = 0;

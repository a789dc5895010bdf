-- incident: events are the truth and never change; the row of an incident is what
-- they fold to, kept for lists.
CREATE TABLE incident (
    id          TEXT NOT NULL PRIMARY KEY,
    org         TEXT NOT NULL,
    node        TEXT NOT NULL,
    peer        TEXT NOT NULL,
    title       TEXT NOT NULL,
    alert       TEXT NOT NULL,
    review      TEXT NOT NULL,
    handling    TEXT NOT NULL,
    level       INTEGER NOT NULL,
    exercise    INTEGER NOT NULL,
    aware_at    INTEGER NOT NULL,
    reported_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    c1_start    INTEGER NOT NULL,
    c1_due      INTEGER NOT NULL,
    c1_ended    INTEGER NOT NULL,
    c1_dropped  INTEGER NOT NULL,
    c1_met      INTEGER NOT NULL,
    rising      INTEGER NOT NULL,
    events      INTEGER NOT NULL,
    created     INTEGER NOT NULL,
    updated     INTEGER NOT NULL,
    category    TEXT NOT NULL,
    text_mark   INTEGER NOT NULL
) STRICT;
-- What a list may ask for is in its index: a filter that few meet reads no rows in vain.
CREATE INDEX incident_created ON incident (org, created, id, level, review, handling, category, aware_at, exercise, c1_due, c1_ended);
CREATE INDEX incident_clock ON incident (org, c1_met, c1_due, id, c1_ended, exercise);
CREATE UNIQUE INDEX incident_alert ON incident (org, alert) WHERE alert <> '';

-- The words of an incident's title and description.
CREATE TABLE incident_term (
    org      TEXT NOT NULL,
    term     TEXT NOT NULL,
    created  INTEGER NOT NULL,
    incident TEXT NOT NULL,
    PRIMARY KEY (org, term, created, incident)
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_term_of ON incident_term (incident);

CREATE TABLE incident_event (
    id       TEXT NOT NULL PRIMARY KEY,
    org      TEXT NOT NULL,
    incident TEXT NOT NULL,
    node     TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    recorded INTEGER NOT NULL,
    received INTEGER NOT NULL,
    json     TEXT NOT NULL,
    UNIQUE (incident, node, sequence)
) STRICT;

-- Nodes that a peer passed events of on to us: the key it first vouched for stays.
CREATE TABLE incident_node (
    node  TEXT NOT NULL PRIMARY KEY,
    key   TEXT NOT NULL,
    tier  TEXT NOT NULL,
    via   TEXT NOT NULL,
    first INTEGER NOT NULL
) STRICT;

CREATE TABLE incident_outgoing (
    seq   INTEGER NOT NULL PRIMARY KEY,
    dest  TEXT NOT NULL,
    event TEXT NOT NULL,
    acked INTEGER NOT NULL,
    UNIQUE (dest, event)
) STRICT;
CREATE INDEX incident_outgoing_waiting ON incident_outgoing (dest, seq) WHERE acked = 0;

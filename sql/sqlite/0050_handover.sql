-- Handovers between shifts (cert/handover.h).  "matters" is what was open then, as JSON; "told" when those above
-- were told that nobody had confirmed it by "due".
CREATE TABLE handover (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    who INTEGER NOT NULL,
    place INTEGER NOT NULL,
    at INTEGER NOT NULL,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    matters TEXT NOT NULL,
    due INTEGER NOT NULL,
    told INTEGER NOT NULL,
    confirmed INTEGER NOT NULL,
    confirmed_by TEXT NOT NULL,
    confirmed_name TEXT NOT NULL,
    remark TEXT NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX handover_post ON handover (org, who, place, at, id);
CREATE INDEX handover_due ON handover (org, due) WHERE confirmed = 0 AND told = 0;

-- Who manned the response centre (cert/manning.h); "gone" 0: is there still.  One is at a post once at a time.
CREATE TABLE manning (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    who INTEGER NOT NULL,
    place INTEGER NOT NULL,
    contact TEXT NOT NULL,
    name TEXT NOT NULL,
    incident TEXT NOT NULL,
    title TEXT NOT NULL,
    arrived INTEGER NOT NULL,
    arrived_by TEXT NOT NULL,
    gone INTEGER NOT NULL,
    gone_by TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE UNIQUE INDEX manning_there ON manning (org, who, place, contact) WHERE gone = 0;
CREATE INDEX manning_arrived ON manning (org, arrived, id);
CREATE INDEX manning_incident ON manning (org, incident, arrived, id);

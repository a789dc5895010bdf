-- Handovers between shifts (cert/handover.h).  "matters" is what was open then, as JSON; "told" when those above
-- were told that nobody had confirmed it by "due".
CREATE TABLE handover (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    who BIGINT NOT NULL,
    place BIGINT NOT NULL,
    at BIGINT NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    matters TEXT COLLATE "C" NOT NULL,
    due BIGINT NOT NULL,
    told BIGINT NOT NULL,
    confirmed BIGINT NOT NULL,
    confirmed_by TEXT COLLATE "C" NOT NULL,
    confirmed_name TEXT COLLATE "C" NOT NULL,
    remark TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX handover_post ON handover (org, who, place, at, id);
CREATE INDEX handover_due ON handover (org, due) WHERE confirmed = 0 AND told = 0;

-- Who manned the response centre (cert/manning.h); "gone" 0: is there still.  One is at a post once at a time.
CREATE TABLE manning (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    who BIGINT NOT NULL,
    place BIGINT NOT NULL,
    contact TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    incident TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    arrived BIGINT NOT NULL,
    arrived_by TEXT COLLATE "C" NOT NULL,
    gone BIGINT NOT NULL,
    gone_by TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE UNIQUE INDEX manning_there ON manning (org, who, place, contact) WHERE gone = 0;
CREATE INDEX manning_arrived ON manning (org, arrived, id);
CREATE INDEX manning_incident ON manning (org, incident, arrived, id);

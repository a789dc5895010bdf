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

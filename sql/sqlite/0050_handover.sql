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

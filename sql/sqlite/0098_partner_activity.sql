-- What was done with partners (isac/partner_activity.h).
CREATE TABLE partner_activity (
    org TEXT NOT NULL,
    partner TEXT NOT NULL,
    seq INTEGER NOT NULL,
    day INTEGER NOT NULL,       -- its first moment, in Taipei
    kind INTEGER NOT NULL,
    direction INTEGER NOT NULL, -- of what was exchanged: 0 nothing, 1 given, 2 received, 3 both
    title TEXT NOT NULL,
    people TEXT NOT NULL,
    outcome TEXT NOT NULL,
    account TEXT NOT NULL,
    at INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL, -- when it was said to be a mistake; 0: it stands
    PRIMARY KEY (org, partner, seq)
) STRICT;

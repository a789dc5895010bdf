-- What was done with partners (isac/partner_activity.h).
CREATE TABLE partner_activity (
    org TEXT NOT NULL,
    partner TEXT NOT NULL,
    seq BIGINT NOT NULL,
    day BIGINT NOT NULL,       -- its first moment, in Taipei
    kind BIGINT NOT NULL,
    direction BIGINT NOT NULL, -- of what was exchanged: 0 nothing, 1 given, 2 received, 3 both
    title TEXT NOT NULL,
    people TEXT NOT NULL,
    outcome TEXT NOT NULL,
    account TEXT NOT NULL,
    at BIGINT NOT NULL,
    withdrawn BIGINT NOT NULL, -- when it was said to be a mistake; 0: it stands
    PRIMARY KEY (org, partner, seq)
);

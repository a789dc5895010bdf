-- The rule sets of legal clocks in force (cert/clock_rules.h), of the whole node.
CREATE TABLE clock_set (
    ruleset TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    regime  TEXT COLLATE "C" NOT NULL,
    place   BIGINT NOT NULL,
    json    TEXT COLLATE "C" NOT NULL
);

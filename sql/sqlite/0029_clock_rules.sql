-- The rule sets of legal clocks in force (cert/clock_rules.h), of the whole node.
CREATE TABLE clock_set (
    ruleset TEXT NOT NULL PRIMARY KEY,
    regime  TEXT NOT NULL,
    place   INTEGER NOT NULL,
    json    TEXT NOT NULL
) STRICT;

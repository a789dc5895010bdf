-- tally: how many incidents and clocks there are of a kind (cert/tally.h), kept with them in the same transaction,
-- so that a count costs the same however many are stored.  `slot` is 0 or, of what runs towards a due time,
-- the hour of that time since 1970; exercises are not counted.
CREATE TABLE tally (
    org  TEXT NOT NULL,
    what INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    n    INTEGER NOT NULL,
    PRIMARY KEY (org, what, slot)
) STRICT, WITHOUT ROWID;
INSERT INTO tally (org, what, slot, n)
SELECT org, what, slot, COUNT(*) FROM (
    SELECT org, 1 AS what, 0 AS slot FROM incident WHERE exercise = 0 AND events > 0
    UNION ALL SELECT org, 2, 0 FROM incident WHERE exercise = 0 AND events > 0 AND handling NOT IN ('closed', 'follow_up_done') AND review <> 'not_incident'
    UNION ALL SELECT org, 3, 0 FROM incident WHERE exercise = 0 AND events > 0 AND c1_met = 0
    UNION ALL SELECT org, CASE WHEN c1_ended = 0 THEN 4 ELSE 5 END, c1_due / 3600000000 FROM incident WHERE exercise = 0 AND events > 0 AND c1_met = 0
    UNION ALL SELECT org, CASE stage WHEN 1 THEN 6 ELSE 8 END, 0 FROM deadline WHERE exercise = 0 AND stage IN (1, 2)
    UNION ALL SELECT org, 7, due / 3600000000 FROM deadline WHERE exercise = 0 AND stage = 1) AS one
GROUP BY org, what, slot;

-- A board of one level or of one clock reads what it shows; the level comes before the time, so that one
-- of all levels is five such, merged.
DROP INDEX deadline_due;
CREATE INDEX deadline_due ON deadline (org, exercise, stage, level, due, incident, id);
CREATE INDEX deadline_clock ON deadline (org, exercise, stage, clock, level, due, incident, id);

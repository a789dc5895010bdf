-- Which clocks of an incident were stopped late stands with what statistics count of it, a line each: asked of the
-- clocks themselves a year's statistics looked at those of every late case.
ALTER TABLE incident_fact ADD COLUMN late_clocks TEXT NOT NULL DEFAULT '';
UPDATE incident_fact SET late_clocks = COALESCE((SELECT group_concat(clock, char(10)) FROM
  (SELECT DISTINCT k.clock FROM deadline k WHERE k.org = incident_fact.org AND k.incident = incident_fact.incident AND k.stage = 2) AS late), '');

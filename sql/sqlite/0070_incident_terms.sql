-- The words that an incident is found by stand in its row, with blanks between: which of them a new text drops
-- is read there, instead of in an index with a row for each word of each incident.
ALTER TABLE incident ADD COLUMN terms TEXT NOT NULL DEFAULT '';
UPDATE incident SET terms = COALESCE((SELECT GROUP_CONCAT(t.term, ' ') FROM incident_term t WHERE t.incident = incident.id), '');
DROP INDEX incident_term_of;

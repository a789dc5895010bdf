-- What statistics count of an incident has its type of the reference taxonomy and the vital functions it affects: of
-- those there are as their rows have them, which have none where nothing happened since they are kept (0072, 0081).
ALTER TABLE incident_fact ADD COLUMN rsit TEXT NOT NULL DEFAULT '';
ALTER TABLE incident_fact ADD COLUMN vital INTEGER NOT NULL DEFAULT 0;
UPDATE incident_fact SET rsit = COALESCE((SELECT i.rsit FROM incident i WHERE i.id = incident_fact.incident AND i.org = incident_fact.org), ''),
  vital = COALESCE((SELECT i.vital FROM incident i WHERE i.id = incident_fact.incident AND i.org = incident_fact.org), 0);

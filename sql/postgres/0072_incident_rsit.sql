-- What an incident is by ENISA's reference taxonomy ("class:type"), and of what class of the form and what choice
-- that was reckoned (cert/report.c); empty: none known, or nothing happened to it since this was kept.
ALTER TABLE incident ADD COLUMN rsit TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE incident ADD COLUMN rsit_of TEXT COLLATE "C" NOT NULL DEFAULT '';

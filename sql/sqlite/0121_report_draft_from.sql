-- A draft knows what it was begun from, and what its author saw (cert/draft.h).
ALTER TABLE report_draft ADD COLUMN alert TEXT NOT NULL DEFAULT '';
ALTER TABLE report_draft ADD COLUMN mail TEXT NOT NULL DEFAULT '';
ALTER TABLE report_draft ADD COLUMN base TEXT NOT NULL DEFAULT '';

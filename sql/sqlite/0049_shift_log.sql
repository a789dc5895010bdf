-- Shift logs (cert/shift_log.h): what happened on a post's watch.  Rows are only added; a correction is a row that
-- names the one it corrects.  "at" is when it was, "recorded" when it was written.
CREATE TABLE shift_log (
    org TEXT NOT NULL,
    who INTEGER NOT NULL,
    place INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    recorded INTEGER NOT NULL,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    incident TEXT NOT NULL,
    title TEXT NOT NULL,
    corrects INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (org, who, place, seq)
) STRICT;
CREATE UNIQUE INDEX shift_log_id ON shift_log (org, id);
CREATE INDEX shift_log_at ON shift_log (org, who, place, at, seq);
CREATE INDEX shift_log_corrects ON shift_log (org, who, place, corrects, seq) WHERE corrects > 0;

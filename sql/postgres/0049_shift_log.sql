-- Shift logs (cert/shift_log.h): what happened on a post's watch.  Rows are only added; a correction is a row that
-- names the one it corrects.  "at" is when it was, "recorded" when it was written.
CREATE TABLE shift_log (
    org TEXT COLLATE "C" NOT NULL,
    who BIGINT NOT NULL,
    place BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    recorded BIGINT NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    incident TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    corrects BIGINT NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, who, place, seq)
);
CREATE UNIQUE INDEX shift_log_id ON shift_log (org, id);
CREATE INDEX shift_log_at ON shift_log (org, who, place, at, seq);
CREATE INDEX shift_log_corrects ON shift_log (org, who, place, corrects, seq) WHERE corrects > 0;

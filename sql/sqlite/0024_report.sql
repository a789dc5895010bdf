-- report: forms that are not sent yet, numbers of reports, what sectors add to the form.
CREATE TABLE report_draft (
    id       TEXT NOT NULL PRIMARY KEY,
    org      TEXT NOT NULL,
    account  TEXT NOT NULL,
    stage    TEXT NOT NULL,
    incident TEXT NOT NULL,
    title    TEXT NOT NULL,
    filled   TEXT NOT NULL,
    created  INTEGER NOT NULL,
    updated  INTEGER NOT NULL
) STRICT;
CREATE INDEX report_draft_mine ON report_draft (org, account, updated);

-- The last number given in a year; exercises count by themselves.
CREATE TABLE report_serial (
    org      TEXT NOT NULL,
    year     INTEGER NOT NULL,
    exercise INTEGER NOT NULL,
    last     INTEGER NOT NULL,
    PRIMARY KEY (org, year, exercise)
) STRICT, WITHOUT ROWID;

CREATE TABLE report_addition (
    name    TEXT NOT NULL PRIMARY KEY,
    json    TEXT NOT NULL,
    changed INTEGER NOT NULL
) STRICT;

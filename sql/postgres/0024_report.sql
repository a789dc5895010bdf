-- report: forms that are not sent yet, numbers of reports, what sectors add to the form.
CREATE TABLE report_draft (
    id       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    org      TEXT COLLATE "C" NOT NULL,
    account  TEXT COLLATE "C" NOT NULL,
    stage    TEXT COLLATE "C" NOT NULL,
    incident TEXT COLLATE "C" NOT NULL,
    title    TEXT COLLATE "C" NOT NULL,
    filled   TEXT COLLATE "C" NOT NULL,
    created  BIGINT NOT NULL,
    updated  BIGINT NOT NULL
);
CREATE INDEX report_draft_mine ON report_draft (org, account, updated);

-- The last number given in a year; exercises count by themselves.
CREATE TABLE report_serial (
    org      TEXT COLLATE "C" NOT NULL,
    year     BIGINT NOT NULL,
    exercise BIGINT NOT NULL,
    last     BIGINT NOT NULL,
    PRIMARY KEY (org, year, exercise)
);

CREATE TABLE report_addition (
    name    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    json    TEXT COLLATE "C" NOT NULL,
    changed BIGINT NOT NULL
);

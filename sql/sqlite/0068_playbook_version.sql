-- How a playbook of the organisation's own came to be (cert/playbook.h): drafts, what came out and what was retired.
-- playbook.json is what is in force; empty: none of this id is, not a delivered one either.
CREATE TABLE playbook_version (
    org     TEXT NOT NULL,
    id      TEXT NOT NULL,
    version INTEGER NOT NULL, -- from 1
    act     INTEGER NOT NULL, -- enum lf_playbook_act
    json    TEXT NOT NULL,   -- as it was written; empty: the act wrote nothing
    account TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (org, id, version)
) STRICT, WITHOUT ROWID;
INSERT INTO playbook_version (org, id, version, act, json, account, at)
SELECT org, id, 1, 1, json, '', changed FROM playbook;

-- Playbooks of files that the node reads at its start, in the place of delivered ones of the same id.
CREATE TABLE playbook_file (
    org   TEXT NOT NULL, -- the node's
    place INTEGER NOT NULL,
    json  TEXT NOT NULL, -- a document with one of them
    PRIMARY KEY (org, place)
) STRICT, WITHOUT ROWID;

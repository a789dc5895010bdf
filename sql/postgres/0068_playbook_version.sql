-- How a playbook of the organisation's own came to be (cert/playbook.h): drafts, what came out and what was retired.
-- playbook.json is what is in force; empty: none of this id is, not a delivered one either.
CREATE TABLE playbook_version (
    org     TEXT COLLATE "C" NOT NULL,
    id      TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL, -- from 1
    act     BIGINT NOT NULL, -- enum lf_playbook_act
    json    TEXT COLLATE "C" NOT NULL,   -- as it was written; empty: the act wrote nothing
    account TEXT COLLATE "C" NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (org, id, version)
);
INSERT INTO playbook_version (org, id, version, act, json, account, at)
SELECT org, id, 1, 1, json, '', changed FROM playbook;

-- Playbooks of files that the node reads at its start, in the place of delivered ones of the same id.
CREATE TABLE playbook_file (
    org   TEXT COLLATE "C" NOT NULL, -- the node's
    place BIGINT NOT NULL,
    json  TEXT COLLATE "C" NOT NULL, -- a document with one of them
    PRIMARY KEY (org, place)
);

-- Playbooks of the organisation's own (cert/playbook.h); the delivered ones are part of the program.
CREATE TABLE playbook (
    org     TEXT COLLATE "C" NOT NULL,
    id      TEXT COLLATE "C" NOT NULL,
    json    TEXT COLLATE "C" NOT NULL,
    changed BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);

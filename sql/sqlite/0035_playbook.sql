-- Playbooks of the organisation's own (cert/playbook.h); the delivered ones are part of the program.
CREATE TABLE playbook (
    org     TEXT NOT NULL,
    id      TEXT NOT NULL,
    json    TEXT NOT NULL,
    changed INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;

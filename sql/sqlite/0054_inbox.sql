-- Mail that came in (cert/inbox.h).
CREATE TABLE inbox (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    state INTEGER NOT NULL,
    received INTEGER NOT NULL,
    sent INTEGER NOT NULL,      -- as its sender says; 0: not said
    sender TEXT NOT NULL,       -- address, as it says
    sender_name TEXT NOT NULL,
    subject TEXT NOT NULL,
    message TEXT NOT NULL,      -- Message-ID; '': none
    automatic INTEGER NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    incident TEXT NOT NULL,     -- filed: where; waiting: what it answers
    event TEXT NOT NULL,        -- filed: that added it as a file
    account TEXT NOT NULL,      -- who decided; '': nobody
    decided INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE UNIQUE INDEX inbox_sum ON inbox (org, sha256);
CREATE UNIQUE INDEX inbox_number ON inbox (org, number);
CREATE INDEX inbox_state ON inbox (org, state, number);
CREATE INDEX inbox_incident ON inbox (org, incident) WHERE incident <> '';

-- The bytes of what waits; those of what was filed are a file of the incident.
CREATE TABLE inbox_source (
    org TEXT NOT NULL,
    id TEXT NOT NULL,
    size INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;

-- Which incident a letter is about, sent or filed: by the part of its Message-ID before the '@' (ours), or the whole.
CREATE TABLE mail_thread (
    org TEXT NOT NULL,
    message TEXT NOT NULL,
    incident TEXT NOT NULL,
    PRIMARY KEY (org, message)
) STRICT, WITHOUT ROWID;

-- Mail that came in (cert/inbox.h).
CREATE TABLE inbox (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    state BIGINT NOT NULL,
    received BIGINT NOT NULL,
    sent BIGINT NOT NULL,      -- as its sender says; 0: not said
    sender TEXT COLLATE "C" NOT NULL,       -- address, as it says
    sender_name TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    message TEXT COLLATE "C" NOT NULL,      -- Message-ID; '': none
    automatic BIGINT NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    incident TEXT COLLATE "C" NOT NULL,     -- filed: where; waiting: what it answers
    event TEXT COLLATE "C" NOT NULL,        -- filed: that added it as a file
    account TEXT COLLATE "C" NOT NULL,      -- who decided; '': nobody
    decided BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE UNIQUE INDEX inbox_sum ON inbox (org, sha256);
CREATE UNIQUE INDEX inbox_number ON inbox (org, number);
CREATE INDEX inbox_state ON inbox (org, state, number);
CREATE INDEX inbox_incident ON inbox (org, incident) WHERE incident <> '';

-- The bytes of what waits; those of what was filed are a file of the incident.
CREATE TABLE inbox_source (
    org TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (org, id)
);

-- Which incident a letter is about, sent or filed: by the part of its Message-ID before the '@' (ours), or the whole.
CREATE TABLE mail_thread (
    org TEXT COLLATE "C" NOT NULL,
    message TEXT COLLATE "C" NOT NULL,
    incident TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, message)
);

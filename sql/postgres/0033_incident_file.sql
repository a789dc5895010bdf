-- Bytes of files that were added to incidents at this node (cert/incident_file.h); what they are is in the signed event.
CREATE TABLE incident_file (
    org TEXT COLLATE "C" NOT NULL,
    incident TEXT COLLATE "C" NOT NULL,
    event TEXT COLLATE "C" NOT NULL, -- that added it
    size BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (org, incident, event)
);

-- Bytes of files that were added to incidents at this node (cert/incident_file.h); what they are is in the signed event.
CREATE TABLE incident_file (
    org TEXT NOT NULL,
    incident TEXT NOT NULL,
    event TEXT NOT NULL, -- that added it
    size INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (org, incident, event)
) STRICT;

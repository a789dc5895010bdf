-- Corrections of manning (cert/manning.h): the times as they are said to have been, and why; the newest counts.
CREATE TABLE manning_correction (
    org TEXT NOT NULL,
    manning TEXT NOT NULL,
    seq INTEGER NOT NULL,
    arrived INTEGER NOT NULL,
    gone INTEGER NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY (org, manning, seq)
) STRICT;

-- Corrections of manning (cert/manning.h): the times as they are said to have been, and why; the newest counts.
CREATE TABLE manning_correction (
    org TEXT COLLATE "C" NOT NULL,
    manning TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    arrived BIGINT NOT NULL,
    gone BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (org, manning, seq)
);

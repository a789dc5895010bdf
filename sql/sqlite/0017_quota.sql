-- What members may ask for and hand in a day, and did (isac/quota.h).
CREATE TABLE member_quota (
    org TEXT NOT NULL,
    member TEXT NOT NULL,
    requests INTEGER NOT NULL,
    objects INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (org, member)
) STRICT;

CREATE TABLE member_use (
    org TEXT NOT NULL,
    day INTEGER NOT NULL,
    member TEXT NOT NULL,
    requests INTEGER NOT NULL,
    objects INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (org, day, member)
) STRICT;

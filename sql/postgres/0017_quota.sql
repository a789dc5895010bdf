-- What members may ask for and hand in a day, and did (isac/quota.h).
CREATE TABLE member_quota (
    org TEXT COLLATE "C" NOT NULL,
    member TEXT COLLATE "C" NOT NULL,
    requests BIGINT NOT NULL,
    objects BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    PRIMARY KEY (org, member)
);

CREATE TABLE member_use (
    org TEXT COLLATE "C" NOT NULL,
    day BIGINT NOT NULL,
    member TEXT COLLATE "C" NOT NULL,
    requests BIGINT NOT NULL,
    objects BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    PRIMARY KEY (org, day, member)
);

-- Whose networks are whose (cert/network.h): what the source of an attack is looked up in.
CREATE TABLE network (
    org TEXT COLLATE "C" NOT NULL,
    prefix TEXT COLLATE "C" NOT NULL,   -- "4c0000200/24": family, its bits in hexadecimal (host bits 0), and how many count
    network TEXT COLLATE "C" NOT NULL,  -- as people write it
    country TEXT COLLATE "C" NOT NULL,
    operator TEXT COLLATE "C" NOT NULL,
    abuse TEXT COLLATE "C" NOT NULL,    -- mail address; '': none is known
    domestic BIGINT NOT NULL,
    PRIMARY KEY (org, prefix)
);

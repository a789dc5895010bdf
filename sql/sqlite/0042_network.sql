-- Whose networks are whose (cert/network.h): what the source of an attack is looked up in.
CREATE TABLE network (
    org TEXT NOT NULL,
    prefix TEXT NOT NULL,   -- "4c0000200/24": family, its bits in hexadecimal (host bits 0), and how many count
    network TEXT NOT NULL,  -- as people write it
    country TEXT NOT NULL,
    operator TEXT NOT NULL,
    abuse TEXT NOT NULL,    -- mail address; '': none is known
    domestic INTEGER NOT NULL,
    PRIMARY KEY (org, prefix)
) STRICT, WITHOUT ROWID;

-- Objects by the keyed hash of their id (isac/entry.h, docs/adr/0035).  The young lie close together; a part of
-- them at a time is put among the old, in order.
CREATE TABLE stix_id (
    old INTEGER NOT NULL,
    key INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (old, key, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO stix_id (old, key, seq) SELECT 1, key, seq FROM stix_object ORDER BY key, seq;
DROP INDEX stix_object_key;

-- upto: those with numbers up to this are old, or will be when this round is over; reached: the next key of
-- the round, the largest there is when none is under way.
CREATE TABLE stix_id_state (
    one INTEGER NOT NULL PRIMARY KEY,
    upto INTEGER NOT NULL,
    reached INTEGER NOT NULL
) STRICT;
INSERT INTO stix_id_state (one, upto, reached)
SELECT 1, COALESCE(MAX(seq), 0), 9223372036854775807 FROM stix_object;

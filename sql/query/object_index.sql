-- Statements of isac: the index of objects (isac/index.h).  Rights are asked over its classes, whose
-- collections (:coll) are given by statements that know the organisation.

-- name: index_get
SELECT seq, doc, segment FROM object_index WHERE one = 1;
-- name: index_set
INSERT INTO object_index (one, seq, doc, segment) VALUES (1, :seq, :doc, :segment)
ON CONFLICT (one) DO UPDATE SET seq = excluded.seq, doc = excluded.doc, segment = excluded.segment;
-- name: index_again_add
INSERT INTO object_again (n, coll, seq) SELECT COALESCE(MAX(n), 0) + 1, :coll, :seq FROM object_again;
-- name: index_again_list
SELECT n, coll, seq FROM object_again ORDER BY n LIMIT :most;
-- name: index_again_drop
DELETE FROM object_again WHERE n <= :n;
-- name: index_behind
SELECT count(*) FROM (SELECT 1 AS one FROM stix_object
WHERE seq > (SELECT COALESCE(MAX(seq), 0) FROM object_index) LIMIT 1) AS rest;
-- name: index_texts
SELECT seq, json, received FROM stix_object WHERE seq > :after ORDER BY seq LIMIT :most;
-- name: index_text
SELECT seq, json, received FROM stix_object WHERE seq = :seq;
-- name: index_entries
SELECT seq, coll, marking, maker, version FROM collection_object
WHERE seq BETWEEN :from AND :to ORDER BY seq, coll;
-- name: index_class_get
SELECT number FROM object_class WHERE coll = :coll AND marking = :marking AND maker = :maker;
-- name: index_class_add
INSERT INTO object_class (number, coll, marking, maker)
SELECT COALESCE(MAX(number), 0) + 1, :coll, :marking, :maker FROM object_class;
-- name: index_class_list
SELECT number, marking, maker FROM object_class WHERE coll = :coll ORDER BY number;
-- name: index_doc_add
INSERT INTO object_doc (doc, coll, seq) VALUES (:doc, :coll, :seq);
-- name: index_doc_get
SELECT coll, seq FROM object_doc WHERE doc = :doc;
-- name: index_segment_add
INSERT INTO object_segment (number, level, first, docs, state, part_of, reached)
VALUES (:number, :level, :first, :docs, :state, 0, :reached);
-- name: index_segment_list
SELECT number, level, first, docs, state, part_of, reached FROM object_segment ORDER BY first DESC, state;
-- name: index_segment_reached
UPDATE object_segment SET reached = :reached WHERE number = :number;
-- name: index_segment_state
UPDATE object_segment SET state = :state WHERE number = :number;
-- name: index_segment_part
UPDATE object_segment SET part_of = :part_of WHERE number = :number;
-- name: index_segment_replaced
UPDATE object_segment SET state = 2 WHERE part_of = :part_of;
-- name: index_segment_drop
DELETE FROM object_segment WHERE number = :number;
-- name: index_block_add
INSERT INTO object_block (segment, first, body) VALUES (:segment, :first, :body);
-- name: index_block_of
SELECT first, body FROM object_block WHERE segment = :segment AND first <= :term ORDER BY first DESC LIMIT 1;
-- name: index_block_next
SELECT first, body FROM object_block WHERE segment = :segment AND first > :after ORDER BY first LIMIT 1;
-- name: index_block_firsts
SELECT first FROM object_block WHERE segment = :segment ORDER BY first LIMIT :most;
-- name: index_block_drop
DELETE FROM object_block WHERE segment = :segment AND first <= :upto;
-- name: index_collections_of
-- Collections that have an object of this id, by the hash of ids (ids are compared by who asks).
SELECT c.coll, o.id, c.seq FROM stix_id i CROSS JOIN stix_object o CROSS JOIN collection_object c
WHERE i.old IN (0, 1) AND i.key = :key AND o.seq = i.seq AND c.seq = i.seq ORDER BY c.coll, c.seq;

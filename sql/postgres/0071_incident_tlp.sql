-- What an incident's reporter says of who may have it (model/marking.h enum lf_tlp; 0: nothing), and the account
-- here that opened it (docs/adr/0053); empty: another node, or the node by itself.
ALTER TABLE incident ADD COLUMN tlp BIGINT NOT NULL DEFAULT 0;
ALTER TABLE incident ADD COLUMN author TEXT COLLATE "C" NOT NULL DEFAULT '';

-- Which vital functions it affects (model/vital.h), a set of bits.  Nobody could say so before this release.
ALTER TABLE incident ADD COLUMN vital BIGINT NOT NULL DEFAULT 0;

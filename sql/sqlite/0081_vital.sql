-- Which vital functions it affects (model/vital.h), a set of bits.  Nobody could say so before this release.
ALTER TABLE incident ADD COLUMN vital INTEGER NOT NULL DEFAULT 0;

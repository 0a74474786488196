-- Who can write into the database shall open nothing by it: a device, a consent, a search of the audit and an order carry a
-- version and a seal over what they open things by. NULL is a row of before there were seals; no program takes it.
ALTER TABLE device ADD COLUMN version @INT NOT NULL DEFAULT 1;
ALTER TABLE device ADD COLUMN seal @BYTES;

-- `version` is that of the manifest there.
ALTER TABLE consent ADD COLUMN row_version @INT NOT NULL DEFAULT 1;
ALTER TABLE consent ADD COLUMN seal @BYTES;

ALTER TABLE audit_search ADD COLUMN version @INT NOT NULL DEFAULT 1;
ALTER TABLE audit_search ADD COLUMN seal @BYTES;
ALTER TABLE audit_delay ADD COLUMN version @INT NOT NULL DEFAULT 1;
ALTER TABLE audit_delay ADD COLUMN seal @BYTES;

-- Keys of others that were registered here for a purpose, each by two persons: what a source of import files signs them with is
-- the first. A row without a key says that its owner comes without a signature, which is two persons' word too. Whoever was ever
-- approved has `decided_at`; a purpose for which nobody was is not closed yet. Nobody's id is the server's own command line.
CREATE TABLE registered_key (
  id @TEXT PRIMARY KEY, purpose @TEXT NOT NULL CHECK (purpose IN ('import')), owner @TEXT NOT NULL,
  kid @TEXT, public_key @BYTES, reason @TEXT NOT NULL,
  state @TEXT NOT NULL CHECK (state IN ('proposed', 'active', 'withdrawn', 'ended')),
  proposed_by @TEXT REFERENCES operator (id), proposed_at @INT NOT NULL,
  decided_by @TEXT REFERENCES operator (id), decided_at @INT,
  ended_by @TEXT REFERENCES operator (id), ended_at @INT,
  version @INT NOT NULL, seal @BYTES NOT NULL,
  CHECK (decided_by <> proposed_by), CHECK ((kid IS NULL) = (public_key IS NULL)),
  CHECK ((state IN ('active', 'ended')) = (decided_at IS NOT NULL)),
  CHECK ((state IN ('withdrawn', 'ended')) = (ended_at IS NOT NULL))
) @TABLE;
-- A key is one owner's, for one purpose, once: one that ended does not come back.
CREATE UNIQUE INDEX registered_key_once ON registered_key (kid) WHERE decided_at IS NOT NULL AND kid IS NOT NULL;
CREATE INDEX registered_key_of ON registered_key (purpose, owner, id);

-- The key by which the source signed the file, as the dry run found it.
ALTER TABLE organisation_batch ADD COLUMN signed_by @TEXT;

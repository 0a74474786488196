-- A sign-in that is kept on its person's own device, under a key of that device. A row that was written by hand opens
-- nothing: the seal covers whose it is, the key, and until when. One that ended is gone; the uses say what became of it.
-- `session` is the one that it opened last.
CREATE TABLE kept_key (
  id @TEXT PRIMARY KEY, account @TEXT NOT NULL REFERENCES account (id), public_key @BYTES NOT NULL UNIQUE,
  label @TEXT NOT NULL, auth_at @INT NOT NULL, created_at @INT NOT NULL, used_at @INT NOT NULL, until_at @INT NOT NULL,
  session @TEXT NOT NULL, seal @BYTES NOT NULL
) @TABLE;
CREATE INDEX kept_key_by_account ON kept_key (account, id);
CREATE INDEX kept_key_by_session ON kept_key (session);
CREATE INDEX kept_key_to_forget ON kept_key (until_at);

-- When the number on file was last shown to be its owner's; before the first time, when it came counts.
ALTER TABLE account ADD COLUMN phone_proved_at @INT NOT NULL DEFAULT 0;

-- A change of number waits: the old one and every device are told, and any of them stops it.
CREATE TABLE number_change (
  id @TEXT PRIMARY KEY, account @TEXT NOT NULL REFERENCES account (id),
  state @TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'stopped')),
  sealed_phone @BYTES, stop_hash @BYTES NOT NULL UNIQUE,
  asked_at @INT NOT NULL, due_at @INT NOT NULL, ended_at @INT,
  version @INT NOT NULL DEFAULT 1, seal @BYTES NOT NULL,
  CHECK (state = 'waiting' OR (sealed_phone IS NULL AND ended_at IS NOT NULL))
) @TABLE;
CREATE UNIQUE INDEX number_change_waiting ON number_change (account) WHERE state = 'waiting';
CREATE INDEX number_change_by_account ON number_change (account, id);
CREATE INDEX number_change_due ON number_change (due_at) WHERE state = 'waiting';

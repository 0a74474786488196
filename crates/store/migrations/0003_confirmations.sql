-- A checker asks the holder, on the device that showed a large-grid code, whether they stand there. One question a
-- token, whichever gate was first; `receipt` is the use that opened it. Times as everywhere: microseconds.
CREATE TABLE confirmation (
  id @TEXT PRIMARY KEY, account @TEXT NOT NULL REFERENCES account (id), slot @INT NOT NULL, device @TEXT NOT NULL,
  gate @TEXT NOT NULL, site @INT NOT NULL, scenario @TEXT NOT NULL,
  day @INT NOT NULL, token @BYTES NOT NULL, bytes_hash @BYTES NOT NULL, receipt @TEXT NOT NULL,
  state @TEXT NOT NULL CHECK (state IN ('waiting', 'confirmed', 'refused', 'expired')),
  opened_at @INT NOT NULL, until_at @INT NOT NULL, answered_at @INT, UNIQUE (day, token),
  CHECK ((state = 'waiting') = (answered_at IS NULL))
) @TABLE;
CREATE INDEX confirmation_by_device ON confirmation (device, until_at) WHERE state = 'waiting';
CREATE INDEX confirmation_by_end ON confirmation (until_at);

-- The key by which a gate signs its challenges and what it tells the gates beside it. Its private half never left the gate.
CREATE TABLE checker_key (
  gate @TEXT PRIMARY KEY REFERENCES gate (id), suite @INT NOT NULL, public_key @BYTES NOT NULL UNIQUE,
  registered_at @INT NOT NULL
) @TABLE;

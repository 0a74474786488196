-- A visit at a counter (R12): an officer helps somebody to sign in at a kiosk, for at most fifteen minutes, to do what `deeds`
-- lists (words parted by spaces). `code_hash` is the short code that opens it, `session` what the kiosk was given.
-- The row is sealed: one that was written by hand opens nothing.
CREATE TABLE visit (
  id @TEXT PRIMARY KEY, account @TEXT NOT NULL REFERENCES account (id),
  officer @TEXT NOT NULL, site @INT NOT NULL, kiosk @TEXT NOT NULL,
  seen @TEXT NOT NULL CHECK (seen IN ('card', 'code')), receipt @TEXT,
  deeds @TEXT NOT NULL, state @TEXT NOT NULL CHECK (state IN ('waiting', 'open', 'ended')),
  code_hash @BYTES NOT NULL, session @TEXT,
  begun_use @TEXT NOT NULL, begun_at @INT NOT NULL, until_at @INT NOT NULL, ended_at @INT, reason @TEXT,
  version @INT NOT NULL DEFAULT 1, seal @BYTES NOT NULL,
  CHECK (until_at > begun_at AND until_at <= begun_at + 900000000),
  CHECK (state <> 'open' OR session IS NOT NULL),
  CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
  CHECK ((seen = 'code') = (receipt IS NOT NULL))
) @TABLE;
CREATE UNIQUE INDEX visit_at_kiosk ON visit (site, kiosk) WHERE state IN ('waiting', 'open');
CREATE UNIQUE INDEX visit_by_session ON visit (session) WHERE session IS NOT NULL;
CREATE UNIQUE INDEX visit_by_receipt ON visit (receipt) WHERE receipt IS NOT NULL;
CREATE INDEX visit_by_code ON visit (code_hash) WHERE state = 'waiting';
CREATE INDEX visit_by_officer ON visit (officer, id);
CREATE INDEX visit_by_account ON visit (account, id);

-- Who brings somebody back: two officers, or a guardian, whose session stands as `officer` and whose account as
-- `officer_person`; a guardian needs no second one.
ALTER TABLE recovery ADD COLUMN by @TEXT NOT NULL DEFAULT 'officers' CHECK (by IN ('officers', 'guardian'));

-- A death (R51): one source suspends, a second one of another kind and by another person confirms, and thirty days later it
-- is final. Until then it can be taken back. `ways` are ids of authenticators that wait since.
CREATE TABLE death (
  id @TEXT PRIMARY KEY, account @TEXT NOT NULL REFERENCES account (id),
  state @TEXT NOT NULL CHECK (state IN ('reported', 'confirmed', 'final', 'undone')),
  source @TEXT NOT NULL, evidence @TEXT NOT NULL, reported_by @TEXT NOT NULL, reported_at @INT NOT NULL,
  second_source @TEXT, second_evidence @TEXT, confirmed_by @TEXT, confirmed_at @INT, final_from @INT,
  ended_at @INT, undone_by @TEXT, undone_why @TEXT, ways @TEXT NOT NULL DEFAULT '',
  version @INT NOT NULL DEFAULT 1,
  CHECK (second_source <> source), CHECK (confirmed_by <> reported_by),
  CHECK (state NOT IN ('confirmed', 'final') OR (confirmed_by IS NOT NULL AND final_from IS NOT NULL)),
  CHECK (final_from >= confirmed_at + 2592000000000)
) @TABLE;
CREATE UNIQUE INDEX death_standing ON death (account) WHERE state IN ('reported', 'confirmed');
CREATE INDEX death_due ON death (final_from) WHERE state = 'confirmed';

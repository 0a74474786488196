-- Which resident an operator is, so that nobody brings back their own kin, nor with their own kin. Proposed by one person, agreed to by
-- another, and confirmed by the resident. The ID number by which it was found stands nowhere.
CREATE TABLE operator_name (
  id @TEXT PRIMARY KEY, operator @TEXT NOT NULL REFERENCES operator (id), account @TEXT NOT NULL REFERENCES account (id),
  state @TEXT NOT NULL CHECK (state IN ('proposed', 'agreed', 'refused', 'confirmed')),
  proposed_by @TEXT NOT NULL REFERENCES operator (id), proposed_at @INT NOT NULL,
  decided_by @TEXT REFERENCES operator (id), decided_at @INT, confirmed_at @INT,
  CHECK (decided_by <> proposed_by), CHECK (decided_by <> operator),
  CHECK ((state = 'proposed') = (decided_by IS NULL)), CHECK ((state = 'confirmed') = (confirmed_at IS NOT NULL))
) @TABLE;
CREATE INDEX operator_name_agreed ON operator_name (account) WHERE state = 'agreed';

-- A new operator is named with the post.
ALTER TABLE operator_grant ADD COLUMN account @TEXT REFERENCES account (id);
CREATE INDEX operator_by_account ON operator (account) WHERE account IS NOT NULL;

-- A paper key is withdrawn by two persons too, or at once by one: which one is said.
ALTER TABLE key_deed RENAME TO key_deed_before;
CREATE TABLE key_deed (
  id @TEXT PRIMARY KEY,
  what @TEXT NOT NULL CHECK (what IN
    ('paper_es256', 'paper_sm2', 'tokens', 'void_tokens', 'wrapping', 'data_key', 'role', 'withdraw_paper')),
  reason @TEXT NOT NULL,
  state @TEXT NOT NULL CHECK (state IN ('proposed', 'agreed', 'refused', 'unseen', 'seen', 'disputed')),
  proposed_by @TEXT REFERENCES operator (id), proposed_at @INT NOT NULL,
  decided_by @TEXT REFERENCES operator (id), decided_at @INT, kid @BYTES,
  CHECK (decided_by <> proposed_by), CHECK ((state IN ('proposed', 'unseen')) = (decided_by IS NULL)),
  CHECK ((what = 'withdraw_paper') = (kid IS NOT NULL))
) @TABLE;
INSERT INTO key_deed (id, what, reason, state, proposed_by, proposed_at, decided_by, decided_at)
  SELECT id, what, reason, state, proposed_by, proposed_at, decided_by, decided_at FROM key_deed_before;
DROP TABLE key_deed_before;

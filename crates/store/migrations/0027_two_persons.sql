-- A deed over keys takes two persons. `proposed` waits for the other one; `unseen` was done at once, by one person in danger or at
-- the server's own command line (nobody's id then), and waits until somebody else has looked at it.
CREATE TABLE key_deed (
  id @TEXT PRIMARY KEY,
  what @TEXT NOT NULL CHECK (what IN ('paper_es256', 'paper_sm2', 'tokens', 'void_tokens', 'wrapping', 'data_key', 'role')),
  reason @TEXT NOT NULL,
  state @TEXT NOT NULL CHECK (state IN ('proposed', 'agreed', 'refused', 'unseen', 'seen', 'disputed')),
  proposed_by @TEXT REFERENCES operator (id), proposed_at @INT NOT NULL,
  decided_by @TEXT REFERENCES operator (id), decided_at @INT,
  CHECK (decided_by <> proposed_by), CHECK ((state IN ('proposed', 'unseen')) = (decided_by IS NULL))
) @TABLE;

-- One person stops an operator at once, for a time; two end a post.
ALTER TABLE operator ADD COLUMN suspended_until @INT NOT NULL DEFAULT 0;

-- Nobody's id: at the server's own command line.
CREATE TABLE operator_suspension (
  operator @TEXT NOT NULL REFERENCES operator (id), suspended_at @INT NOT NULL,
  suspended_by @TEXT REFERENCES operator (id), reason @TEXT NOT NULL, PRIMARY KEY (operator, suspended_at),
  CHECK (suspended_by <> operator)
) @CLUSTERED;

CREATE TABLE operator_end (
  id @TEXT PRIMARY KEY, operator @TEXT NOT NULL REFERENCES operator (id), reason @TEXT NOT NULL,
  state @TEXT NOT NULL CHECK (state IN ('proposed', 'confirmed', 'refused')),
  proposed_by @TEXT NOT NULL REFERENCES operator (id), proposed_at @INT NOT NULL,
  decided_by @TEXT REFERENCES operator (id), decided_at @INT,
  CHECK (decided_by <> proposed_by), CHECK ((state = 'proposed') = (decided_by IS NULL))
) @TABLE;

-- An order of a court or of a prosecutor's office delays what a person sees of a search. The first one is asked for with the
-- search, later ones go on from it; each counts once another person agreed.
CREATE TABLE audit_delay (
  id @TEXT PRIMARY KEY, search @TEXT NOT NULL REFERENCES audit_search (id), account @TEXT NOT NULL,
  authority @TEXT NOT NULL, order_number @TEXT NOT NULL, until_at @INT NOT NULL,
  state @TEXT NOT NULL CHECK (state IN ('waiting', 'agreed', 'refused')),
  asked_by @TEXT NOT NULL, asked_at @INT NOT NULL, answered_by @TEXT, answered_at @INT,
  CHECK (answered_by <> asked_by), CHECK ((state = 'waiting') = (answered_by IS NULL))
) @TABLE;
CREATE INDEX audit_delay_by_search ON audit_delay (search, id);

-- Uses that their person does not see before a moment. A use itself is never edited.
CREATE TABLE delayed_use (
  account @TEXT NOT NULL, use_id @TEXT NOT NULL, search @TEXT NOT NULL, until_at @INT NOT NULL, PRIMARY KEY (account, use_id)
) @CLUSTERED;
CREATE INDEX delayed_use_by_search ON delayed_use (search);
CREATE INDEX delayed_use_over ON delayed_use (until_at);

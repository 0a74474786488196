-- The own file of an operator, so that they keep out of it. Unknown for those who were made before.
ALTER TABLE operator ADD COLUMN account @TEXT;

-- How many files somebody looked at within an hour.
CREATE INDEX use_reading ON use (actor, at) WHERE deed IN ('see_residents', 'see_mandates', 'see_requests');

-- A search of the uses of one person: asked for in a case, approved by somebody else, open for a while.
CREATE TABLE audit_search (
  id @TEXT PRIMARY KEY, account @TEXT NOT NULL, case_number @TEXT NOT NULL, purpose @TEXT NOT NULL,
  from_at @INT NOT NULL, to_at @INT NOT NULL,
  state @TEXT NOT NULL CHECK (state IN ('waiting', 'approved', 'refused')),
  asked_by @TEXT NOT NULL, asked_at @INT NOT NULL, answered_by @TEXT, answered_at @INT, until_at @INT,
  CHECK (to_at > from_at), CHECK (answered_by <> asked_by), CHECK ((state = 'waiting') = (answered_by IS NULL))
) @TABLE;
CREATE INDEX audit_search_by_asker ON audit_search (asked_by, asked_at);

-- The one person whom an elder trusts to be told of every deed of a helper. It allows nothing: who is told is no party to a mandate.
-- A counter's word waits for the person's own (`pending`); one for each principal.
CREATE TABLE trusted (
  id @TEXT PRIMARY KEY, principal @TEXT NOT NULL REFERENCES account (id), person @TEXT NOT NULL REFERENCES account (id),
  state @TEXT NOT NULL CHECK (state IN ('pending', 'active', 'ended')), made_by @TEXT NOT NULL, made_at @INT NOT NULL,
  ended_at @INT, reason @TEXT,
  CHECK (principal <> person), CHECK ((state = 'ended') = (ended_at IS NOT NULL))
) @TABLE;
CREATE UNIQUE INDEX trusted_of_one ON trusted (principal) WHERE state <> 'ended';
CREATE INDEX trusted_by_principal ON trusted (principal, id);
CREATE INDEX trusted_by_person ON trusted (person, id);

-- Somebody whose last guardian died, was deleted or came under guardianship themselves: the civil affairs office sees to it
-- that they have one. One open row each; a new guardian closes it.
CREATE TABLE ward_alone (
  id @TEXT PRIMARY KEY, account @TEXT NOT NULL REFERENCES account (id),
  reason @TEXT NOT NULL CHECK (reason IN ('death', 'deleted', 'lost_capacity')), at @INT NOT NULL,
  closed_at @INT, closed_by @TEXT, how @TEXT, CHECK ((closed_at IS NULL) = (closed_by IS NULL))
) @TABLE;
CREATE UNIQUE INDEX ward_alone_open ON ward_alone (account) WHERE closed_at IS NULL;
CREATE INDEX ward_alone_waits ON ward_alone (at, id) WHERE closed_at IS NULL;

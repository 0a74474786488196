-- Organisations that are suspended are few, and looked for by their state.
CREATE INDEX organisation_suspended ON organisation (id) WHERE state = 'suspended';

-- An import brings organisations, or posts in them.
ALTER TABLE organisation_batch ADD COLUMN kind @TEXT NOT NULL DEFAULT 'organisations' CHECK (kind IN ('organisations', 'posts'));

-- A post of the three is proposed by one operator and confirmed by another. `id` is the operator's to be; the second factor is
-- sealed when it is proposed, the password is made when it is confirmed.
CREATE TABLE operator_grant (
  id @TEXT PRIMARY KEY, name @TEXT NOT NULL, person @TEXT NOT NULL,
  role @TEXT NOT NULL CHECK (role IN ('system', 'security', 'audit')), totp_sealed @BYTES NOT NULL,
  state @TEXT NOT NULL CHECK (state IN ('proposed', 'confirmed', 'refused')),
  proposed_by @TEXT NOT NULL REFERENCES operator (id), proposed_at @INT NOT NULL,
  decided_by @TEXT REFERENCES operator (id), decided_at @INT,
  CHECK (decided_by <> proposed_by), CHECK ((state = 'proposed') = (decided_by IS NULL))
) @TABLE;

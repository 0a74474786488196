-- The seal over whose an account is, how well that is known and what stops it (R44).
ALTER TABLE account ADD COLUMN standing_version @INT NOT NULL DEFAULT 1;
ALTER TABLE account ADD COLUMN standing_seal @BYTES;

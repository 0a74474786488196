-- Access tokens for the API of another organisation: random, kept as a hash for their five minutes. No pseudonym stands
-- here: whoever asks is told one that is computed then. `sid` is the sign-in behind it, NULL for an app as itself.
CREATE TABLE opaque_token (
  id_hash @BYTES PRIMARY KEY, client @TEXT NOT NULL, audience @TEXT NOT NULL, resource @TEXT NOT NULL, sid @TEXT,
  scopes @TEXT NOT NULL, proofing @INT NOT NULL, jkt @BYTES, created_at @INT NOT NULL, expires_at @INT NOT NULL
) @CLUSTERED;
CREATE INDEX opaque_token_to_forget ON opaque_token (expires_at);

-- Apps, what people allow them, and the tokens that come of it.

-- A client is a row of versions under review; the newest active one counts. `metadata` is RFC 7591 JSON. `organisation`
-- is the credit code (GB 32100) and `owner` the legal name behind it, as reviewed; `sector` is whom pseudonyms are for.
CREATE TABLE client (
  id @TEXT NOT NULL, version @INT NOT NULL, organisation @TEXT NOT NULL, owner @TEXT NOT NULL, sector @TEXT NOT NULL,
  metadata @TEXT NOT NULL, secret_hash @BYTES,
  state @TEXT NOT NULL CHECK (state IN ('proposed', 'active', 'refused', 'retired', 'ended')),
  proposed_by @TEXT NOT NULL, proposed_at @INT NOT NULL, reviewed_by @TEXT, reviewed_at @INT, note @TEXT,
  seal @BYTES NOT NULL,
  PRIMARY KEY (id, version), CHECK (reviewed_by <> proposed_by)
) @TABLE;
CREATE UNIQUE INDEX client_active ON client (id) WHERE state = 'active';
CREATE INDEX client_by_state ON client (state, id);

-- What a person allowed an app, with a hash of what was shown to them. `edge` is '' for oneself.
CREATE TABLE app_grant (
  id @TEXT PRIMARY KEY, account @TEXT NOT NULL REFERENCES account (id), client @TEXT NOT NULL, edge @TEXT NOT NULL,
  scopes @TEXT NOT NULL, claims @TEXT NOT NULL, shown_hash @BYTES NOT NULL,
  from_at @INT NOT NULL, until_at @INT NOT NULL,
  state @TEXT NOT NULL CHECK (state IN ('given', 'withdrawn')), ended_at @INT, reason @TEXT,
  version @INT NOT NULL DEFAULT 1, seal @BYTES NOT NULL
) @TABLE;
CREATE UNIQUE INDEX app_grant_given ON app_grant (account, client, edge) WHERE state = 'given';
CREATE INDEX app_grant_by_account ON app_grant (account, id);

-- Written with the first grant in a sector; a closed one is never used again. There is no table of pseudonyms.
CREATE TABLE relation (
  account @TEXT NOT NULL, sector @TEXT NOT NULL, epoch @INT NOT NULL, created_at @INT NOT NULL, closed_at @INT,
  PRIMARY KEY (account, sector, epoch)
) @CLUSTERED;

-- One sign-in at an app and the tokens that come of it; `offline` ones outlive the browser's session. Those with a key
-- (`jkt`, or a client that proves itself) are not rotated and not written on the path. `sid` is what tokens name.
CREATE TABLE family (
  id @TEXT PRIMARY KEY, grant_id @TEXT NOT NULL REFERENCES app_grant (id), account @TEXT NOT NULL,
  client @TEXT NOT NULL, session @TEXT, edge @TEXT NOT NULL, scopes @TEXT NOT NULL, claims @TEXT NOT NULL,
  sid @TEXT NOT NULL UNIQUE, nonce @TEXT, resource @TEXT, offline @INT NOT NULL, acr @TEXT NOT NULL, amr @TEXT NOT NULL, auth_at @INT NOT NULL,
  jkt @BYTES, rotating @INT NOT NULL, latest @INT NOT NULL DEFAULT 0, latest_at @INT NOT NULL, again @INT NOT NULL DEFAULT 0,
  state @TEXT NOT NULL CHECK (state IN ('live', 'ended')),
  created_at @INT NOT NULL, used_at @INT NOT NULL, until_at @INT NOT NULL, ended_at @INT, reason @TEXT
) @TABLE;
CREATE INDEX family_by_grant ON family (grant_id);
CREATE INDEX family_by_session ON family (session) WHERE session IS NOT NULL;
CREATE INDEX family_by_account ON family (account, id);
CREATE INDEX family_to_forget ON family (until_at);

-- Keys that sign tokens. `wrapped` is NULL once destroyed.
CREATE TABLE token_key (
  kid @TEXT PRIMARY KEY, used_for @TEXT NOT NULL CHECK (used_for IN ('id', 'access', 'logout')),
  alg @TEXT NOT NULL, public_key @BYTES NOT NULL, wrapped @BYTES,
  state @TEXT NOT NULL CHECK (state IN ('prepared', 'published', 'signing', 'retired', 'void', 'destroyed')),
  created_at @INT NOT NULL, published_at @INT, signing_at @INT, retired_at @INT
) @TABLE;

-- Proofs of possession and client assertions that were seen, where one node's memory is not enough.
CREATE TABLE seen_proof (
  hash @BYTES PRIMARY KEY, expires_at @INT NOT NULL
) @CLUSTERED;
CREATE INDEX seen_proof_to_forget ON seen_proof (expires_at);

-- What is to be told to apps: back-channel logout, the end of a grant. Retried until it is taken or too old.
CREATE TABLE app_message (
  id @TEXT PRIMARY KEY, client @TEXT NOT NULL, kind @TEXT NOT NULL, body @TEXT NOT NULL,
  state @TEXT NOT NULL CHECK (state IN ('waiting', 'taken', 'given_up')),
  tries @INT NOT NULL DEFAULT 0, next_at @INT NOT NULL, created_at @INT NOT NULL, ended_at @INT
) @TABLE;
CREATE INDEX app_message_due ON app_message (next_at) WHERE state = 'waiting';

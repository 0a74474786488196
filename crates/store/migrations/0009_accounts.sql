-- How people sign in. A row of an authenticator carries a version and a seal over its fields, so that a row which
-- was not written by the program opens nothing.
CREATE TABLE authenticator (
  id @TEXT PRIMARY KEY, account @TEXT NOT NULL REFERENCES account (id),
  kind @TEXT NOT NULL CHECK (kind IN ('passkey', 'password', 'totp', 'codes')),
  name @TEXT NOT NULL,
  -- A passkey's id, and the 32 random bytes that stand for the account inside it.
  credential_id @BYTES UNIQUE, user_handle @BYTES,
  -- A passkey as JSON, a PHC string, or a sealed secret.
  body @BYTES NOT NULL,
  -- Bound to one device, or synced among several; attested or not.
  bound @INT NOT NULL DEFAULT 0, attested @INT NOT NULL DEFAULT 0,
  -- The last time step of a second factor.
  step @INT NOT NULL DEFAULT 0,
  state @TEXT NOT NULL CHECK (state IN ('pending', 'active', 'suspended', 'ended')),
  -- One that was added outside a ceremony does heavy deeds only from this moment on.
  heavy_from @INT NOT NULL,
  created_at @INT NOT NULL, used_at @INT, ended_at @INT,
  version @INT NOT NULL DEFAULT 1, seal @BYTES NOT NULL
) @TABLE;
CREATE INDEX authenticator_by_account ON authenticator (account, id);

-- A name that its owner chose for signing in, beside the ID number.
CREATE TABLE sign_in_name (
  name @TEXT PRIMARY KEY, account @TEXT NOT NULL UNIQUE REFERENCES account (id), created_at @INT NOT NULL
) @TABLE;

-- A signed-in browser. The cookie's secret is stored hashed; a new one at each rise of acr.
CREATE TABLE session (
  id @TEXT PRIMARY KEY, token_hash @BYTES NOT NULL UNIQUE, account @TEXT NOT NULL REFERENCES account (id),
  acr @TEXT NOT NULL, amr @TEXT NOT NULL, auth_at @INT NOT NULL, label @TEXT NOT NULL,
  authenticator @TEXT, known_device @INT NOT NULL DEFAULT 0,
  state @TEXT NOT NULL CHECK (state IN ('live', 'ended')),
  created_at @INT NOT NULL, seen_at @INT NOT NULL, idle_until @INT NOT NULL, until_at @INT NOT NULL,
  ended_at @INT, reason @TEXT
) @TABLE;
CREATE INDEX session_by_account ON session (account, id);
CREATE INDEX session_to_forget ON session (until_at);

-- Everything that counts once: challenges, pushed requests, codes, tickets, approvals. `taken_at` is set by the
-- one statement that takes it.
CREATE TABLE one_time (
  id_hash @BYTES PRIMARY KEY, kind @TEXT NOT NULL, account @TEXT, client @TEXT, session @TEXT,
  body @TEXT NOT NULL, tries_left @INT NOT NULL DEFAULT 1 CHECK (tries_left >= 0),
  created_at @INT NOT NULL, expires_at @INT NOT NULL, taken_at @INT, taken_by @BYTES
) @TABLE;
CREATE INDEX one_time_to_forget ON one_time (expires_at);
CREATE INDEX one_time_of_account ON one_time (account, kind, created_at) WHERE account IS NOT NULL;

-- Wrong tries: (account, unknown devices), (account, a known device), (network), (client). `who` is a keyed hash.
CREATE TABLE wrong_try (
  scope @TEXT NOT NULL, who @BYTES NOT NULL, wrong @INT NOT NULL, in_a_row @INT NOT NULL,
  wait_until @INT NOT NULL, last_at @INT NOT NULL, PRIMARY KEY (scope, who)
) @CLUSTERED;

-- Wrong tries of an account by hour, for its owner to see.
CREATE TABLE failed_try (
  account @TEXT NOT NULL, hour @INT NOT NULL, reason @TEXT NOT NULL, many @INT NOT NULL,
  PRIMARY KEY (account, hour, reason)
) @CLUSTERED;

-- A device that was enrolled with a counter's code may, for a short time, begin the first way to sign in.
ALTER TABLE device ADD COLUMN by_code @INT NOT NULL DEFAULT 0;

-- Posts of officers: what a person is in an organisation, as a lease. `person` is the keyed hash of an ID number and is
-- there whether the person has an account or not, so that whoever proposes a post learns nothing; `account` is theirs once they accepted. A deputy's post
-- has the officer's as `parent` and one of its slots. `resource` is the post's name for the personnel system: a transfer
-- ends a post and makes another under the same name. Rows of 0012's `officer` were never made.
DROP TABLE officer;
CREATE TABLE post (
  id @TEXT PRIMARY KEY, resource @TEXT NOT NULL, person @BYTES NOT NULL, account @TEXT REFERENCES account (id),
  organisation @TEXT NOT NULL REFERENCES organisation (id), role @TEXT NOT NULL,
  parent @TEXT REFERENCES post (id), slot @INT NOT NULL DEFAULT 0 CHECK (slot BETWEEN 0 AND 4),
  state @TEXT NOT NULL CHECK (state IN ('pending', 'active', 'ended')),
  source @TEXT NOT NULL CHECK (source IN ('scim', 'import', 'operator', 'officer')), made_by @TEXT NOT NULL,
  feed @TEXT REFERENCES organisation (id), user_name @TEXT, external_id @TEXT, batch @TEXT,
  made_at @INT NOT NULL, accepted_at @INT, renewed_at @INT NOT NULL, lease_until @INT NOT NULL,
  ended_at @INT, reason @TEXT, version @INT NOT NULL DEFAULT 1, seal @BYTES NOT NULL,
  CHECK (parent <> id), CHECK (lease_until > made_at), CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
  CHECK (state <> 'active' OR account IS NOT NULL), CHECK ((source = 'officer') = (parent IS NOT NULL))
) @TABLE;
CREATE UNIQUE INDEX post_of_one ON post (person, organisation, role) WHERE state <> 'ended';
CREATE UNIQUE INDEX post_resource ON post (feed, resource) WHERE state <> 'ended' AND feed IS NOT NULL;
CREATE UNIQUE INDEX post_user_name ON post (feed, user_name) WHERE state <> 'ended' AND feed IS NOT NULL;
CREATE UNIQUE INDEX post_slot ON post (parent, slot) WHERE state <> 'ended' AND parent IS NOT NULL;
CREATE INDEX post_of_resource ON post (resource, id);
CREATE INDEX post_by_external_id ON post (feed, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX post_by_person ON post (person, id);
CREATE INDEX post_by_account ON post (account, id) WHERE account IS NOT NULL;
CREATE INDEX post_by_organisation ON post (organisation, id);
CREATE INDEX post_by_batch ON post (batch, id) WHERE batch IS NOT NULL;
CREATE INDEX post_by_lease ON post (lease_until) WHERE state <> 'ended';

-- Sessions in which somebody acted in a post; they end with it.
CREATE TABLE post_session (
  post @TEXT NOT NULL REFERENCES post (id), session @TEXT NOT NULL, account @TEXT NOT NULL, at @INT NOT NULL,
  PRIMARY KEY (post, session)
) @CLUSTERED;

-- What a personnel system signs in with: for one organisation and what stands under it.
CREATE TABLE feed (
  id @TEXT PRIMARY KEY, organisation @TEXT NOT NULL REFERENCES organisation (id), label @TEXT NOT NULL,
  token_hash @BYTES NOT NULL UNIQUE, made_by @TEXT NOT NULL, made_at @INT NOT NULL, seen_at @INT, ended_at @INT,
  version @INT NOT NULL DEFAULT 1, seal @BYTES NOT NULL
) @TABLE;
CREATE INDEX feed_of_organisation ON feed (organisation, id);

-- A code that a person gives to whoever is to name them to an office, instead of their ID number.
CREATE TABLE post_code (
  code_hash @BYTES PRIMARY KEY, account @TEXT NOT NULL REFERENCES account (id), made_at @INT NOT NULL,
  expires_at @INT NOT NULL, used_at @INT
) @TABLE;
CREATE INDEX post_code_of_account ON post_code (account, made_at);

-- Organisations as a tree: departments by region and office, enterprises by their credit code (GB 32100).
CREATE TABLE organisation (
  id @TEXT PRIMARY KEY, kind @TEXT NOT NULL CHECK (kind IN ('enterprise', 'department')),
  credit_code @TEXT UNIQUE, name @TEXT NOT NULL, region @TEXT NOT NULL, parent @TEXT REFERENCES organisation (id),
  state @TEXT NOT NULL CHECK (state IN ('active', 'suspended', 'ended')), source @TEXT NOT NULL,
  created_at @INT NOT NULL, version @INT NOT NULL DEFAULT 1, seal @BYTES NOT NULL
) @TABLE;
CREATE INDEX organisation_by_parent ON organisation (parent, id);
CREATE INDEX organisation_by_region ON organisation (region, id);

-- Posts in an organisation are leases: silence of the personnel feed ends them.
CREATE TABLE officer (
  account @TEXT NOT NULL REFERENCES account (id), organisation @TEXT NOT NULL REFERENCES organisation (id),
  post @TEXT NOT NULL, state @TEXT NOT NULL CHECK (state IN ('pending', 'active', 'ended')),
  lease_until @INT NOT NULL, made_by @TEXT NOT NULL, created_at @INT NOT NULL, ended_at @INT, reason @TEXT,
  version @INT NOT NULL DEFAULT 1, seal @BYTES NOT NULL, PRIMARY KEY (account, organisation, post)
) @TABLE;
CREATE INDEX officer_by_organisation ON officer (organisation, account);

-- What people ask for under their rights (PIPL), with its clock.
CREATE TABLE rights_request (
  id @TEXT PRIMARY KEY, account @TEXT NOT NULL, asked_by @TEXT NOT NULL,
  kind @TEXT NOT NULL CHECK (kind IN ('copy', 'correct', 'restrict', 'delete', 'explain', 'kin')),
  sealed_body @BYTES, state @TEXT NOT NULL CHECK (state IN ('waiting', 'held', 'done', 'refused', 'stopped')),
  asked_at @INT NOT NULL, hold_until @INT NOT NULL, due_at @INT NOT NULL,
  handled_by @TEXT, handled_at @INT, answer @TEXT, version @INT NOT NULL DEFAULT 1
) @TABLE;
CREATE INDEX rights_request_of_account ON rights_request (account, id);
CREATE INDEX rights_request_due ON rights_request (due_at) WHERE state IN ('waiting', 'held');

-- Who the register says represents an enterprise: proposed by one person, approved by another, accepted by the one named.
CREATE TABLE representative_change (
  id @TEXT PRIMARY KEY, organisation @TEXT NOT NULL REFERENCES organisation (id),
  account @TEXT NOT NULL REFERENCES account (id), reference @TEXT NOT NULL,
  state @TEXT NOT NULL CHECK (state IN ('proposed', 'approved', 'refused')),
  proposed_by @TEXT NOT NULL, approved_by @TEXT, created_at @INT NOT NULL, decided_at @INT,
  CHECK (approved_by <> proposed_by)
) @TABLE;
CREATE UNIQUE INDEX representative_change_open ON representative_change (organisation) WHERE state = 'proposed';

-- An offer to act for an enterprise. `id` is the id of the mandate that comes of it; what it says is sealed, since the
-- mandate reads from it what may be filed. `person` is a blind index: whether there is such a resident is not told.
CREATE TABLE appointment (
  id @TEXT PRIMARY KEY, enterprise @TEXT NOT NULL REFERENCES organisation (id),
  parent @TEXT NOT NULL REFERENCES edge (id), person @BYTES NOT NULL, person_masked @TEXT NOT NULL,
  scopes @TEXT NOT NULL, services @TEXT NOT NULL, limit_amount @INT, may_appoint @INT NOT NULL,
  until_at @INT NOT NULL, made_by @TEXT NOT NULL, created_at @INT NOT NULL, expires_at @INT NOT NULL,
  state @TEXT NOT NULL CHECK (state IN ('offered', 'accepted', 'declined', 'withdrawn')),
  version @INT NOT NULL DEFAULT 1, seal @BYTES NOT NULL
) @TABLE;
CREATE INDEX appointment_by_enterprise ON appointment (enterprise, id);
CREATE INDEX appointment_by_person ON appointment (person, id) WHERE state = 'offered';

-- For whom a signed-in browser acts; nobody acts for two at once.
CREATE TABLE acting_session (
  session @TEXT PRIMARY KEY, account @TEXT NOT NULL, edge @TEXT NOT NULL REFERENCES edge (id),
  began_at @INT NOT NULL, ended_at @INT, reason @TEXT
) @CLUSTERED;
CREATE INDEX acting_session_by_edge ON acting_session (edge) WHERE ended_at IS NULL;

-- What was filed for an enterprise, by whom and under which mandate. The text is sealed; its digest is not.
CREATE TABLE filing (
  id @TEXT PRIMARY KEY, enterprise @TEXT NOT NULL REFERENCES organisation (id), edge @TEXT NOT NULL REFERENCES edge (id),
  account @TEXT NOT NULL, service @TEXT NOT NULL, amount @INT NOT NULL CHECK (amount >= 0),
  digest @BYTES NOT NULL, sealed_text @BYTES NOT NULL,
  state @TEXT NOT NULL CHECK (state IN ('lodged', 'withdrawn')),
  lodged_at @INT NOT NULL, withdrawn_at @INT, withdrawn_by @TEXT,
  CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL))
) @TABLE;
CREATE INDEX filing_by_enterprise ON filing (enterprise, id);
CREATE INDEX filing_by_edge ON filing (edge, id);
CREATE INDEX family_by_edge ON family (edge) WHERE edge <> '' AND state = 'live';

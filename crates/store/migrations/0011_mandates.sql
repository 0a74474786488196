-- One person may act for another, or for an organisation. `actor` is always a natural person's account; `principal` is
-- an account or an organisation. Caps are slots, never counts; an edge is never wider than its parent. Each change
-- raises `version` and is sealed anew. `consent_by_at`: without the principal's own word by then it is over.
CREATE TABLE edge (
  id @TEXT PRIMARY KEY,
  kind @TEXT NOT NULL CHECK (kind IN ('guardian', 'helper', 'agent', 'representative', 'deputy', 'kin')),
  principal @TEXT NOT NULL, actor @TEXT NOT NULL, slot @INT NOT NULL, parent @TEXT REFERENCES edge (id),
  scopes @TEXT NOT NULL, limit_amount @INT, may_appoint @INT NOT NULL DEFAULT 0,
  from_at @INT NOT NULL, until_at @INT NOT NULL, consent_by_at @INT,
  evidence @TEXT NOT NULL CHECK (evidence IN ('register', 'court', 'counter', 'care_worker', 'device')),
  reference @TEXT NOT NULL, proofing @INT NOT NULL,
  state @TEXT NOT NULL CHECK (state IN ('pending', 'active', 'suspended', 'ended')),
  hidden @INT NOT NULL DEFAULT 0, made_by @TEXT NOT NULL, created_at @INT NOT NULL,
  ended_at @INT, undo_until_at @INT, reason @TEXT,
  version @INT NOT NULL DEFAULT 1, seal @BYTES NOT NULL,
  CHECK (principal <> actor), CHECK (until_at > from_at), CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
  CHECK (slot >= 0 AND slot < CASE kind
    WHEN 'guardian' THEN 12 WHEN 'helper' THEN CASE evidence WHEN 'care_worker' THEN 40 ELSE 5 END
    WHEN 'agent' THEN 12 WHEN 'representative' THEN 32 WHEN 'deputy' THEN 5 ELSE 8 END)
) @TABLE;
CREATE UNIQUE INDEX edge_of_two ON edge (kind, principal, actor) WHERE state IN ('pending', 'active', 'suspended');
CREATE UNIQUE INDEX edge_slot ON edge (kind, actor, slot) WHERE state IN ('pending', 'active', 'suspended');
CREATE INDEX edge_by_principal ON edge (principal, id);
CREATE INDEX edge_by_actor ON edge (actor, id);
CREATE INDEX edge_by_parent ON edge (parent) WHERE parent IS NOT NULL;
CREATE INDEX edge_by_end ON edge (until_at) WHERE state <> 'ended';
CREATE INDEX edge_by_consent ON edge (consent_by_at) WHERE state <> 'ended' AND consent_by_at IS NOT NULL;

-- The slot of the principal in which one device of the actor draws codes under a mandate. Own devices have the slots
-- below 128, mandates those from 128 on; a slot rests before it is taken again.
CREATE TABLE family_slot (
  principal @TEXT NOT NULL REFERENCES account (id), slot @INT NOT NULL CHECK (slot BETWEEN 128 AND 255),
  edge @TEXT NOT NULL REFERENCES edge (id), device @TEXT NOT NULL REFERENCES device (id), suite @INT NOT NULL,
  taken_at @INT NOT NULL, ended_at @INT, PRIMARY KEY (principal, slot, taken_at)
) @CLUSTERED;
CREATE UNIQUE INDEX family_slot_live ON family_slot (principal, slot) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX family_slot_of_edge ON family_slot (edge) WHERE ended_at IS NULL;
CREATE INDEX family_slot_by_device ON family_slot (device) WHERE ended_at IS NULL;

-- A code by which somebody comes forward as a helper, with the scopes that the principal chose.
CREATE TABLE invitation (
  code_hash @BYTES PRIMARY KEY, principal @TEXT NOT NULL REFERENCES account (id), scopes @TEXT NOT NULL,
  made_at @INT NOT NULL, expires_at @INT NOT NULL, used_at @INT
) @TABLE;
CREATE INDEX invitation_by_principal ON invitation (principal, made_at);

-- One person may act for another, or for an organisation. `actor` is always a natural person's account; `principal` is
-- an account or an organisation. Caps are slots, never counts; an edge is never wider than its parent.
CREATE TABLE edge (
  id @TEXT PRIMARY KEY,
  kind @TEXT NOT NULL CHECK (kind IN ('guardian', 'helper', 'agent', 'representative', 'deputy', 'kin')),
  principal @TEXT NOT NULL, actor @TEXT NOT NULL, slot @INT NOT NULL, parent @TEXT REFERENCES edge (id),
  scopes @TEXT NOT NULL, limit_amount @INT, may_appoint @INT NOT NULL DEFAULT 0,
  from_at @INT NOT NULL, until_at @INT NOT NULL, evidence @TEXT NOT NULL, proofing @INT NOT NULL,
  state @TEXT NOT NULL CHECK (state IN ('pending', 'active', 'suspended', 'ended')),
  hidden @INT NOT NULL DEFAULT 0, made_by @TEXT NOT NULL, created_at @INT NOT NULL, ended_at @INT, reason @TEXT,
  version @INT NOT NULL DEFAULT 1, seal @BYTES NOT NULL,
  CHECK (principal <> actor), CHECK (slot >= 0 AND slot < 64)
) @TABLE;
CREATE UNIQUE INDEX edge_of_two ON edge (kind, principal, actor) WHERE state IN ('pending', 'active', 'suspended');
CREATE UNIQUE INDEX edge_slot ON edge (kind, actor, slot) WHERE state IN ('pending', 'active', 'suspended');
CREATE INDEX edge_by_principal ON edge (principal, id);
CREATE INDEX edge_by_actor ON edge (actor, id);
CREATE INDEX edge_by_parent ON edge (parent) WHERE parent IS NOT NULL;

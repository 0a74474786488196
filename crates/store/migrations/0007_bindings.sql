-- An office's own card tied to a resident within a scenario. The number is sealed, and found by `blind_card`, a keyed
-- hash under the scenario; both are gone once the tie has ended. One card ties one person, one person has one card.
CREATE TABLE binding (
  id @TEXT PRIMARY KEY, account @TEXT NOT NULL REFERENCES account (id), scenario @TEXT NOT NULL,
  sealed_card @BYTES, blind_card @BYTES, state @TEXT NOT NULL CHECK (state IN ('live', 'ended')),
  bound_at @INT NOT NULL, ended_at @INT, ended_by @TEXT CHECK (ended_by IN ('resident', 'office', 'province')),
  CHECK ((state = 'live') = (sealed_card IS NOT NULL)), CHECK ((state = 'live') = (blind_card IS NOT NULL)),
  CHECK ((state = 'ended') = (ended_at IS NOT NULL)), CHECK ((state = 'ended') = (ended_by IS NOT NULL))
) @TABLE;
CREATE UNIQUE INDEX binding_of_account ON binding (account, scenario) WHERE state = 'live';
CREATE UNIQUE INDEX binding_of_card ON binding (scenario, blind_card) WHERE state = 'live';
CREATE INDEX binding_by_account ON binding (account, id);

-- How many receipts were resolved in a civil year, for everybody to read. By gate, so that no row is hot.
CREATE TABLE resolved (
  year @INT NOT NULL, scenario @TEXT NOT NULL, gate @TEXT NOT NULL, many @INT NOT NULL,
  PRIMARY KEY (year, scenario, gate)
) @CLUSTERED;

-- How many a gate, or the gates of a scenario together for one resident, resolved in the hour at hand.
CREATE TABLE resolve_pace (
  who @TEXT NOT NULL, scenario @TEXT NOT NULL, hour_at @INT NOT NULL, many @INT NOT NULL, PRIMARY KEY (who, scenario)
) @CLUSTERED;

-- Coming back to an account at a counter. Two officers, two persons: one asks, the other, whom the program drew, says yes.
-- `browser` is the hash of the cookie of the resident's own browser; `number` is what its page shows. The row is sealed:
-- one that was written by hand opens nothing. `made` and `suspended` are ids of authenticators, parted by spaces.
CREATE TABLE recovery (
  id @TEXT PRIMARY KEY, account @TEXT NOT NULL REFERENCES account (id),
  state @TEXT NOT NULL CHECK (state IN ('asked', 'approved', 'held', 'refused', 'stopped', 'over')),
  officer @TEXT NOT NULL, officer_person @TEXT NOT NULL,
  approver @TEXT NOT NULL, approver_person @TEXT NOT NULL,
  evidence @TEXT NOT NULL, number @TEXT NOT NULL, browser @BYTES NOT NULL,
  asked_use @TEXT NOT NULL, approved_use @TEXT,
  asked_at @INT NOT NULL, expires_at @INT NOT NULL, hold_until @INT, ended_at @INT,
  made @TEXT NOT NULL DEFAULT '', suspended @TEXT NOT NULL DEFAULT '', proofing_before @INT NOT NULL,
  stop_hash @BYTES NOT NULL,
  review @TEXT NOT NULL DEFAULT 'none' CHECK (review IN ('none', 'due', 'right', 'wrong')), reviewed_by @TEXT,
  version @INT NOT NULL DEFAULT 1, seal @BYTES NOT NULL,
  CHECK (approver <> officer), CHECK (approver_person <> officer_person),
  CHECK (state NOT IN ('approved', 'held') OR approved_use IS NOT NULL),
  CHECK (state <> 'held' OR hold_until IS NOT NULL)
) @TABLE;
CREATE UNIQUE INDEX recovery_open ON recovery (account) WHERE state IN ('asked', 'approved');
CREATE INDEX recovery_by_account ON recovery (account, id);
CREATE INDEX recovery_by_browser ON recovery (browser);
CREATE INDEX recovery_by_stop ON recovery (stop_hash);
CREATE INDEX recovery_by_officer ON recovery (officer, asked_at);
CREATE INDEX recovery_waiting ON recovery (id) WHERE state IN ('asked', 'approved');
CREATE INDEX recovery_to_review ON recovery (id) WHERE review = 'due';

-- Two officers saw this person. Without it nobody who signs in counts as more than matched to the register.
ALTER TABLE account ADD COLUMN seen_by_two @INT NOT NULL DEFAULT 0;

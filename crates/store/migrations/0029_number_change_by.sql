-- Who asked for a change of number: its owner, or an officer who saw the paper. Both wait as long.
ALTER TABLE number_change ADD COLUMN asked_by @TEXT NOT NULL DEFAULT 'owner' CHECK (asked_by IN ('owner', 'officer'));

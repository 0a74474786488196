-- Who asked for a change of number: its owner, or an officer who saw the paper. Both wait as long.
ALTER TABLE number_change ADD COLUMN asked_by @TEXT NOT NULL DEFAULT 'owner' CHECK (asked_by IN ('owner', 'officer'));

-- What people allowed apps and that runs out: found by its end, so that the app is told to delete.
CREATE INDEX app_grant_over ON app_grant (until_at) WHERE state = 'given';

-- A phone that the ceremony of a recovery did not keep by name waits: it draws nothing and shows nothing that counts, until
-- the recovery is stopped or its hold is over, which is this moment.
ALTER TABLE device ADD COLUMN suspended_until @INT;
CREATE INDEX device_waiting ON device (suspended_until) WHERE state = 'live' AND suspended_until IS NOT NULL;

-- Ids of the phones that wait since, and of those that were kept, parted by spaces. NULL is a recovery that asked about none.
ALTER TABLE recovery ADD COLUMN phones_suspended @TEXT;
ALTER TABLE recovery ADD COLUMN phones_kept @TEXT;

-- A phone that goes on after a stop goes on in another slot, since what it drew in the old one is withdrawn. The one that it
-- left rests as one of an ended phone does.
CREATE TABLE left_slot (
  account @TEXT NOT NULL REFERENCES account (id), slot @INT NOT NULL, suite @INT NOT NULL, left_at @INT NOT NULL,
  PRIMARY KEY (account, slot)
) @CLUSTERED;

-- Offices that may not act: what their officers drew is withdrawn.
CREATE INDEX organisation_office_stopped ON organisation (id) WHERE kind = 'department' AND state <> 'active';

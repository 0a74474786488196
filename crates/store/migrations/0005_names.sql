-- `blind_name` finds a name without storing it: twelve bits of a keyed hash of the folded name and the
-- city, so that many names share one value (decision 0009). NULL until `yima resident reindex` or the
-- running server has filled it; the one index serves the search and finds what is still missing.
ALTER TABLE account ADD COLUMN blind_name @INT;
CREATE INDEX account_by_name ON account (blind_name, region, id);

-- Benefits that residents hold, one row for each of the fifteen numbers; both days belong to it.
-- What was given and ended before stands in the uses.
CREATE TABLE benefit (
  account @TEXT NOT NULL REFERENCES account (id), number @INT NOT NULL CHECK (number BETWEEN 1 AND 15),
  from_day @INT NOT NULL, until_day @INT NOT NULL, source @TEXT NOT NULL,
  state @TEXT NOT NULL CHECK (state IN ('held', 'ended')), given_at @INT NOT NULL, ended_at @INT,
  PRIMARY KEY (account, number), CHECK (from_day <= until_day), CHECK ((state = 'ended') = (ended_at IS NOT NULL))
) @CLUSTERED;

-- How many active residents could be issued what, by month of birth or by benefit and month of its end:
-- added up as it happens, so that no draw counts rows, and nobody's date of birth stands here.
CREATE TABLE crowd (
  what @TEXT NOT NULL, month @INT NOT NULL, proofing @INT NOT NULL, many @INT NOT NULL,
  PRIMARY KEY (what, month, proofing)
) @CLUSTERED;

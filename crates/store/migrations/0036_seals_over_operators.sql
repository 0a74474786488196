-- Rows of operators, and what one of them proposed for another one to decide, carry a version and a seal, so that whoever can write here and
-- has no key of the program makes no operator (decision 0042). What stands here from before has no seal: operators of before are out of
-- post and stop being read (version 0), under a name that is nobody's; what they proposed is proposed anew. A step has no key to seal with.
DELETE FROM operator_session;
DELETE FROM operator_grant;
DELETE FROM operator_end;
DELETE FROM operator_name;
DELETE FROM key_deed;
UPDATE operator SET state = 'ended', name = id, account = NULL;

-- Who waits after wrong tries is counted where everybody's is, in wrong_try.
ALTER TABLE operator DROP COLUMN failures;
ALTER TABLE operator DROP COLUMN locked_until;

ALTER TABLE operator ADD COLUMN version @INT NOT NULL DEFAULT 0;
ALTER TABLE operator ADD COLUMN seal @BYTES NOT NULL DEFAULT @SQLITE{x''@SQLITE} @POSTGRES{''@POSTGRES};
ALTER TABLE operator_grant ADD COLUMN version @INT NOT NULL DEFAULT 0;
ALTER TABLE operator_grant ADD COLUMN seal @BYTES NOT NULL DEFAULT @SQLITE{x''@SQLITE} @POSTGRES{''@POSTGRES};
ALTER TABLE operator_end ADD COLUMN version @INT NOT NULL DEFAULT 0;
ALTER TABLE operator_end ADD COLUMN seal @BYTES NOT NULL DEFAULT @SQLITE{x''@SQLITE} @POSTGRES{''@POSTGRES};
ALTER TABLE operator_name ADD COLUMN version @INT NOT NULL DEFAULT 0;
ALTER TABLE operator_name ADD COLUMN seal @BYTES NOT NULL DEFAULT @SQLITE{x''@SQLITE} @POSTGRES{''@POSTGRES};
ALTER TABLE key_deed ADD COLUMN version @INT NOT NULL DEFAULT 0;
ALTER TABLE key_deed ADD COLUMN seal @BYTES NOT NULL DEFAULT @SQLITE{x''@SQLITE} @POSTGRES{''@POSTGRES};

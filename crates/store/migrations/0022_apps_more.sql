-- What is live of pushed requests and of codes that people type, counted before another is taken: `network` is a keyed hash
-- of where a pushed request came from.
ALTER TABLE one_time ADD COLUMN network @BYTES;
CREATE INDEX one_time_pushed ON one_time (client, network, expires_at) WHERE kind = 'par' AND taken_at IS NULL;
CREATE INDEX one_time_typed ON one_time (expires_at) WHERE kind = 'user_code' AND taken_at IS NULL;

-- What an app that was told to delete says of it, one a grant that ended. `told_at` is when it took the message or read its
-- list; `ref` is all that it knows of the grant; `why` is its own sentence where it has to keep something.
CREATE TABLE app_deletion (
  grant_id @TEXT PRIMARY KEY, account @TEXT NOT NULL, client @TEXT NOT NULL, sector @TEXT NOT NULL, owner @TEXT NOT NULL,
  ref @TEXT NOT NULL UNIQUE,
  asked_at @INT NOT NULL, due_at @INT NOT NULL, told_at @INT,
  state @TEXT NOT NULL CHECK (state IN ('waiting', 'deleted', 'kept')), answered_at @INT, why @TEXT,
  CHECK ((state = 'waiting') = (answered_at IS NULL)), CHECK ((state = 'kept') = (why IS NOT NULL))
) @TABLE;
CREATE INDEX app_deletion_of_account ON app_deletion (account, asked_at);
CREATE INDEX app_deletion_waits ON app_deletion (sector, due_at, grant_id) WHERE state = 'waiting';
CREATE INDEX app_deletion_due ON app_deletion (due_at, grant_id) WHERE state = 'waiting';

-- Pictures of apps as they were made here (PNG, 128 by 128, at most 64 KiB), by the SHA-256 that a reviewed version names.
CREATE TABLE client_logo (
  hash @TEXT PRIMARY KEY, png @BYTES NOT NULL, created_at @INT NOT NULL
) @TABLE;

-- All that waits for a client waits together once it does not answer.
CREATE INDEX app_message_of_client ON app_message (client, next_at) WHERE state = 'waiting';

-- How many apps came into a sandbox by themselves.
CREATE INDEX client_of_organisation ON client (organisation, version);

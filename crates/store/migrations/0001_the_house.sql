-- The tables of the first house. Times are microseconds since 1970 (`*_at`), days are civil days
-- since 2020-01-01, identifiers are TEXT in time order. `sealed_*` can't be read without custody.

-- Who may show a code. `handle` is the 8 bytes inside a token id; `blind_id` finds an ID number
-- without storing it. Every change of an account, its devices or consents raises `version`, under
-- the row's lock, so that a deed which relies on the account waits or is waited for.
CREATE TABLE account (
  id @TEXT PRIMARY KEY, handle @BYTES NOT NULL UNIQUE, kind @TEXT NOT NULL,
  sealed_name @BYTES NOT NULL, sealed_id_number @BYTES NOT NULL, sealed_phone @BYTES,
  blind_id @BYTES NOT NULL UNIQUE, region @TEXT NOT NULL,
  state @TEXT NOT NULL CHECK (state IN ('active', 'suspended', 'dead')),
  proofing @INT NOT NULL CHECK (proofing BETWEEN 0 AND 2),
  paper_off @INT NOT NULL DEFAULT 0, short_off @INT NOT NULL DEFAULT 0,
  created_at @INT NOT NULL, version @INT NOT NULL DEFAULT 1
) @TABLE;
CREATE INDEX account_by_region ON account (region, id);

CREATE TABLE device (
  id @TEXT PRIMARY KEY, account @TEXT NOT NULL REFERENCES account (id),
  slot @INT NOT NULL CHECK (slot BETWEEN 0 AND 255), suite @INT NOT NULL,
  public_key @BYTES NOT NULL, label @TEXT NOT NULL,
  state @TEXT NOT NULL CHECK (state IN ('live', 'ended')), attested @INT NOT NULL DEFAULT 0,
  enrolled_at @INT NOT NULL, ended_at @INT, reason @TEXT,
  CHECK ((state = 'ended') = (ended_at IS NOT NULL))
) @TABLE;
CREATE UNIQUE INDEX device_slot ON device (account, slot) WHERE state = 'live';
CREATE INDEX device_by_account ON device (account, enrolled_at);

CREATE TABLE enrolment_code (
  code_hash @BYTES PRIMARY KEY, account @TEXT NOT NULL REFERENCES account (id),
  issued_by @TEXT NOT NULL, issued_at @INT NOT NULL, expires_at @INT NOT NULL, used_at @INT
) @TABLE;
CREATE INDEX enrolment_code_by_account ON enrolment_code (account, issued_at);

-- One-time password of an enrolment. `account` is NULL for a name and number that nobody has: the
-- stranger can't tell.
CREATE TABLE otp_challenge (
  id @TEXT PRIMARY KEY, account @TEXT, code_hash @BYTES NOT NULL,
  tries_left @INT NOT NULL CHECK (tries_left >= 0),
  created_at @INT NOT NULL, expires_at @INT NOT NULL, used_at @INT
) @TABLE;
CREATE INDEX otp_challenge_by_account ON otp_challenge (account, created_at);

-- All that is kept of a day's batch: counters that never rewind, and the last request.
CREATE TABLE draw (
  account @TEXT NOT NULL, slot @INT NOT NULL, day @INT NOT NULL,
  t1_count @INT NOT NULL, t0_count @INT NOT NULL,
  request_id @TEXT NOT NULL, keys_hash @BYTES NOT NULL, t1_from @INT NOT NULL, t0_from @INT NOT NULL,
  drawn_at @INT NOT NULL, PRIMARY KEY (account, slot, day)
) @CLUSTERED;
CREATE INDEX draw_by_day ON draw (day);

-- Issuing keys. `wrapped` is NULL once destroyed.
CREATE TABLE day_key (
  kid @BYTES PRIMARY KEY, day @INT NOT NULL, suite @INT NOT NULL, purpose @TEXT NOT NULL,
  public_key @BYTES NOT NULL, wrapped @BYTES, state @TEXT NOT NULL CHECK (state IN ('live', 'withdrawn', 'destroyed')),
  created_at @INT NOT NULL, UNIQUE (day, suite, purpose),
  CHECK ((state = 'destroyed') = (wrapped IS NULL))
) @TABLE;

-- Manifests under review. A version is never edited.
CREATE TABLE scenario (
  slug @TEXT NOT NULL, version @INT NOT NULL, number @INT NOT NULL, manifest @TEXT NOT NULL,
  state @TEXT NOT NULL CHECK (state IN ('proposed', 'active', 'refused', 'retired')),
  proposed_by @TEXT NOT NULL, proposed_at @INT NOT NULL, reviewed_by @TEXT, reviewed_at @INT, note @TEXT,
  PRIMARY KEY (slug, version), CHECK (reviewed_by <> proposed_by)
) @TABLE;
CREATE UNIQUE INDEX scenario_active ON scenario (slug) WHERE state = 'active';
CREATE UNIQUE INDEX scenario_number ON scenario (number) WHERE state = 'active';

CREATE TABLE site (
  id @INT PRIMARY KEY, scenario @TEXT NOT NULL, name_zh @TEXT NOT NULL, name_en @TEXT NOT NULL,
  region @TEXT NOT NULL, note @TEXT NOT NULL, created_at @INT NOT NULL
) @TABLE;

CREATE TABLE gate (
  id @TEXT PRIMARY KEY, name @TEXT NOT NULL, site @INT NOT NULL REFERENCES site (id), scenario @TEXT NOT NULL,
  key_hash @BYTES NOT NULL UNIQUE, state @TEXT NOT NULL CHECK (state IN ('live', 'ended')),
  created_at @INT NOT NULL, ended_at @INT,
  last_seen_at @INT, bundle_version @INT, spool @INT, clock_off_s @INT
) @TABLE;

-- A token shown online is burned here; the key is what makes two gates' race have one winner.
CREATE TABLE burn (
  day @INT NOT NULL, id @BYTES NOT NULL, checker @TEXT NOT NULL, bytes_hash @BYTES NOT NULL,
  verdict @TEXT NOT NULL, burned_at @INT NOT NULL, PRIMARY KEY (day, id)
) @CLUSTERED;

CREATE TABLE bad_mac (
  day @INT NOT NULL, id @BYTES NOT NULL, tries @INT NOT NULL, PRIMARY KEY (day, id)
) @CLUSTERED;

-- Who did what to whom, where, why, with what end. Append-only.
CREATE TABLE use (
  id @TEXT PRIMARY KEY, at @INT NOT NULL, deed @TEXT NOT NULL, account @TEXT,
  actor_kind @TEXT NOT NULL, actor @TEXT NOT NULL, scenario @TEXT, site @INT, gate @TEXT, form @TEXT,
  outcome @TEXT NOT NULL, reason @TEXT, purpose @TEXT, online @INT NOT NULL, detail @TEXT
) @CLUSTERED;
CREATE INDEX use_of_account ON use (account, at, id) WHERE account IS NOT NULL;

-- Entries on their way to the ledger: those WHERE leaf IS NULL, never those after a mark.
CREATE TABLE outbox (seq @SERIAL, use_id @TEXT NOT NULL, entry @BYTES NOT NULL, leaf @INT) @TABLE;
CREATE INDEX outbox_waiting ON outbox (seq) WHERE leaf IS NULL;

CREATE TABLE withdrawal (
  day @INT NOT NULL, account @TEXT NOT NULL, slot @INT NOT NULL, reason @TEXT NOT NULL, withdrawn_at @INT NOT NULL,
  PRIMARY KEY (day, account, slot)
) @CLUSTERED;

CREATE TABLE card (
  id @TEXT PRIMARY KEY, account @TEXT NOT NULL REFERENCES account (id),
  list @INT NOT NULL, idx @INT NOT NULL, kind @TEXT NOT NULL CHECK (kind IN ('card', 'sheet')), sheet @TEXT,
  state @TEXT NOT NULL CHECK (state IN ('active', 'revoked')), expiry_month @INT NOT NULL, flags @INT NOT NULL,
  kid @BYTES NOT NULL, issued_at @INT NOT NULL, ended_at @INT, reason @TEXT, UNIQUE (list, idx)
) @TABLE;
CREATE INDEX card_by_account ON card (account, id);
CREATE INDEX card_revoked ON card (list, idx) WHERE state = 'revoked';

-- Shows of a form that has a cap a day (a card by its id, a short number by the account).
CREATE TABLE form_use (
  day @INT NOT NULL, scenario @TEXT NOT NULL, form @TEXT NOT NULL, holder @TEXT NOT NULL, shows @INT NOT NULL,
  PRIMARY KEY (day, scenario, form, holder)
) @CLUSTERED;

CREATE TABLE consent (
  id @TEXT PRIMARY KEY, account @TEXT NOT NULL REFERENCES account (id), scenario @TEXT NOT NULL,
  attributes @TEXT NOT NULL, from_at @INT NOT NULL, until_at @INT NOT NULL,
  state @TEXT NOT NULL CHECK (state IN ('given', 'withdrawn')), ended_at @INT, version @INT NOT NULL
) @TABLE;
CREATE UNIQUE INDEX consent_given ON consent (account, scenario) WHERE state = 'given';
CREATE INDEX consent_by_account ON consent (account, id);

CREATE TABLE sealed_record (
  day @INT NOT NULL, tag @BYTES NOT NULL, nonce @BYTES NOT NULL, body @BYTES NOT NULL,
  PRIMARY KEY (day, tag, nonce)
) @CLUSTERED;

-- Statistics, added up as they happen. '' and 0 stand for "none".
CREATE TABLE counted (
  hour_at @INT NOT NULL, scenario @TEXT NOT NULL, site @INT NOT NULL, gate @TEXT NOT NULL,
  form @TEXT NOT NULL, verdict @TEXT NOT NULL, reason @TEXT NOT NULL, online @INT NOT NULL, checks @INT NOT NULL,
  PRIMARY KEY (hour_at, scenario, site, gate, form, verdict, reason, online)
) @CLUSTERED;

-- How many there are of what, so that no page counts rows.
CREATE TABLE tally (what @TEXT PRIMARY KEY, many @INT NOT NULL) @CLUSTERED;

CREATE TABLE gate_batch (
  gate @TEXT NOT NULL, batch_id @TEXT NOT NULL, items @INT NOT NULL, received_at @INT NOT NULL,
  PRIMARY KEY (gate, batch_id)
) @CLUSTERED;

-- Operators. One living person holds one post (system, security, audit are three persons).
CREATE TABLE operator (
  id @TEXT PRIMARY KEY, name @TEXT NOT NULL UNIQUE, person @TEXT NOT NULL,
  role @TEXT NOT NULL CHECK (role IN ('system', 'security', 'audit')),
  password_hash @TEXT NOT NULL, totp_sealed @BYTES NOT NULL, totp_step @INT NOT NULL DEFAULT 0,
  state @TEXT NOT NULL CHECK (state IN ('active', 'ended')),
  failures @INT NOT NULL DEFAULT 0, locked_until @INT NOT NULL DEFAULT 0, created_at @INT NOT NULL
) @TABLE;
CREATE UNIQUE INDEX operator_person ON operator (person) WHERE state = 'active';

CREATE TABLE operator_session (
  token_hash @BYTES PRIMARY KEY, operator @TEXT NOT NULL REFERENCES operator (id),
  created_at @INT NOT NULL, idle_until @INT NOT NULL, until_at @INT NOT NULL
) @TABLE;

CREATE TABLE check_in (
  use_id @TEXT PRIMARY KEY, account @TEXT NOT NULL, scenario @TEXT NOT NULL, site @INT NOT NULL, at @INT NOT NULL
) @CLUSTERED;
CREATE INDEX check_in_by_site ON check_in (site, at);

-- Short numbers that live; `desk` is '' when bound to none.
CREATE TABLE short_number (
  number_hash @BYTES PRIMARY KEY, account @TEXT NOT NULL, slot @INT NOT NULL, scenario @TEXT NOT NULL,
  desk @TEXT NOT NULL, issued_at @INT NOT NULL, expires_at @INT NOT NULL, used_at @INT
) @TABLE;
CREATE INDEX short_number_by_desk ON short_number (desk, expires_at);
CREATE INDEX short_number_by_account ON short_number (account, issued_at);

CREATE TABLE desk_lock (
  desk @TEXT PRIMARY KEY, wrong @INT NOT NULL, window_until @INT NOT NULL, locked_until @INT NOT NULL
) @CLUSTERED;

-- How far an import came; written in the transaction of each batch of rows.
CREATE TABLE import_run (
  file_hash @BYTES PRIMARY KEY, read_bytes @INT NOT NULL, rows_read @INT NOT NULL, inserted @INT NOT NULL,
  duplicates @INT NOT NULL, rejected @INT NOT NULL, state @TEXT NOT NULL CHECK (state IN ('running', 'done')),
  started_at @INT NOT NULL, updated_at @INT NOT NULL
) @TABLE;

CREATE TABLE setting (key @TEXT PRIMARY KEY, value @TEXT NOT NULL) @CLUSTERED;

-- Published bytes by name and version: parts and heads of the verifier bundle.
CREATE TABLE bundle_part (
  name @TEXT NOT NULL, version @INT NOT NULL, bytes @BYTES NOT NULL, published_at @INT NOT NULL,
  PRIMARY KEY (name, version)
) @TABLE;

CREATE TABLE notice (
  id @TEXT PRIMARY KEY, account @TEXT NOT NULL, at @INT NOT NULL, kind @TEXT NOT NULL, detail @TEXT NOT NULL
) @CLUSTERED;
CREATE INDEX notice_by_account ON notice (account, at);

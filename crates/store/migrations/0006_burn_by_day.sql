-- A province's size. What a publication reads has an index of its own, and what ends with a token's
-- day lies by day on PostgreSQL, where forgetting a day is then a DROP and no long DELETE.

-- Holders whose paper is refused, without a look at everybody.
CREATE INDEX account_stopped ON account (id) WHERE state <> 'active';
-- Codes that have not expired lie together; those of years ago are not read.
DROP INDEX card_revoked;
CREATE INDEX card_revoked ON card (list, expiry_month, idx) WHERE state = 'revoked';
-- Destroyed keys stay as a record and are not read with the others.
CREATE INDEX day_key_standing ON day_key (day, suite, purpose) WHERE state <> 'destroyed';

@POSTGRES{
ALTER TABLE burn RENAME TO burn_whole;
CREATE TABLE burn (LIKE burn_whole INCLUDING DEFAULTS INCLUDING CONSTRAINTS, PRIMARY KEY (day, id)) PARTITION BY LIST (day);
ALTER TABLE draw RENAME TO draw_whole;
CREATE TABLE draw (LIKE draw_whole INCLUDING DEFAULTS INCLUDING CONSTRAINTS, PRIMARY KEY (account, slot, day))
  PARTITION BY LIST (day);

-- Makes what a day needs; a second caller waits for the first. ATTACH, unlike CREATE … PARTITION OF,
-- lets the other checks go on. There is no default partition: a row in it would bar its day's own.
CREATE FUNCTION day_made(of_day BIGINT) RETURNS VOID LANGUAGE plpgsql SECURITY DEFINER AS $made$
DECLARE
  parent TEXT;
  child TEXT;
BEGIN
  IF of_day IS NULL OR of_day NOT BETWEEN 0 AND 65535 THEN
    RAISE EXCEPTION 'a civil day has 16 bits';
  END IF;
  PERFORM pg_advisory_xact_lock(2036951393, 6);
  FOREACH parent IN ARRAY ARRAY['burn', 'draw'] LOOP
    child := parent || '_' || of_day;
    CONTINUE WHEN to_regclass(child) IS NOT NULL;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)', child, parent);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES IN (%s)', parent, child, of_day);
  END LOOP;
END
$made$;

-- Drops the days before one.
CREATE FUNCTION days_dropped(before_day BIGINT) RETURNS VOID LANGUAGE plpgsql SECURITY DEFINER AS $dropped$
DECLARE
  child TEXT;
BEGIN
  FOR child IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent IN ('burn'::regclass, 'draw'::regclass)
      AND substring(c.relname FROM '_([0-9]+)$')::BIGINT < before_day
    ORDER BY c.relname
  LOOP
    EXECUTE format('DROP TABLE %I', child);
  END LOOP;
END
$dropped$;

-- They run with the rights of whoever brought the tables up, and find these tables alone.
DO $rights$
DECLARE
  signature TEXT;
BEGIN
  FOREACH signature IN ARRAY ARRAY['day_made(BIGINT)', 'days_dropped(BIGINT)'] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', signature, current_schema());
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', signature);
  END LOOP;
  PERFORM day_made(day) FROM (SELECT day FROM burn_whole UNION SELECT day FROM draw_whole ORDER BY day) days;
END
$rights$;

INSERT INTO burn SELECT * FROM burn_whole;
INSERT INTO draw SELECT * FROM draw_whole;
DROP TABLE burn_whole;
DROP TABLE draw_whole;
@POSTGRES}

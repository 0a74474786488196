-- A phone that came by a message, or by a counter's code beside others, waits with what matters until this moment; NULL when it
-- does not, or when a passkey vouched for it.
ALTER TABLE device ADD COLUMN young_until @INT;

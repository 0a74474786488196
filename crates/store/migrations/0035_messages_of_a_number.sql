-- The one-time passwords that a telephone number was sent lately, whoever's it is and whatever for: `nth` of five, each free again a
-- day after it was sent. The number is its keyed hash.
CREATE TABLE number_message (
  number @BYTES NOT NULL, nth @INT NOT NULL, sent_at @INT NOT NULL,
  PRIMARY KEY (number, nth)
) @CLUSTERED;
CREATE INDEX number_message_to_forget ON number_message (sent_at);

-- What is over is found by its time, without reading what is not.
CREATE INDEX otp_challenge_by_end ON otp_challenge (expires_at);
CREATE INDEX gate_batch_by_time ON gate_batch (received_at);
CREATE INDEX operator_session_by_end ON operator_session (until_at);
CREATE INDEX notice_by_time ON notice (at);
CREATE INDEX resolve_pace_by_hour ON resolve_pace (hour_at);

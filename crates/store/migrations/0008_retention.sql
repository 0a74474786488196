-- What is over is found without reading what is not.
CREATE INDEX check_in_by_time ON check_in (scenario, at);
CREATE INDEX short_number_by_end ON short_number (expires_at);

CREATE INDEX IF NOT EXISTS attempt_by_age ON attempt (last_at);

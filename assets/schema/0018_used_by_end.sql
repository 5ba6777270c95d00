CREATE INDEX IF NOT EXISTS used_by_end ON used (expires_at);

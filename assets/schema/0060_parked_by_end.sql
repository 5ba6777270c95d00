CREATE INDEX IF NOT EXISTS parked_by_end ON parked (expires_at);

CREATE INDEX IF NOT EXISTS parked_challenge_by_end ON parked_challenge (expires_at);

CREATE INDEX IF NOT EXISTS rotated_by_end ON rotated (expires_at);

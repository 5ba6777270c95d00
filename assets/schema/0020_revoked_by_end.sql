CREATE INDEX IF NOT EXISTS revoked_by_end ON revoked (expires_at);

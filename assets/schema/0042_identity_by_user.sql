CREATE INDEX IF NOT EXISTS identity_by_user ON identity (pool, sub);

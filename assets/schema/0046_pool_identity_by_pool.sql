CREATE INDEX IF NOT EXISTS pool_identity_by_pool ON pool_identity (pool, id);

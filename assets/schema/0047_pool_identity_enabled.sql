CREATE INDEX IF NOT EXISTS pool_identity_enabled ON pool_identity (pool, id) WHERE disabled = 0;

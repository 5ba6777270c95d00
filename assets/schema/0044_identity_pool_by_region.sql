CREATE INDEX IF NOT EXISTS identity_pool_by_region ON identity_pool (region, id);

CREATE INDEX IF NOT EXISTS user_pool_by_region ON user_pool (region, id);

CREATE INDEX IF NOT EXISTS domain_by_pool ON domain (pool);

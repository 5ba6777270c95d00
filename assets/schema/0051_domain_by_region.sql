CREATE INDEX IF NOT EXISTS domain_by_region ON domain (region, custom);

CREATE INDEX IF NOT EXISTS app_client_by_pool ON app_client (pool, id);

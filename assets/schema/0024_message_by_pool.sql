CREATE INDEX IF NOT EXISTS message_by_pool ON message (pool, id);

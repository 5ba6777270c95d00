CREATE INDEX IF NOT EXISTS passkey_by_id ON passkey (pool, id);

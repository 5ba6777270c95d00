CREATE INDEX IF NOT EXISTS message_by_destination ON message (destination, pool, id);

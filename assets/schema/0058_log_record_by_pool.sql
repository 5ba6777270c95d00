CREATE INDEX IF NOT EXISTS log_record_by_pool ON log_record (pool);

CREATE INDEX IF NOT EXISTS log_record_by_target ON log_record (target, id);

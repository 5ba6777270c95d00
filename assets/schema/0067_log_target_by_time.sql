CREATE INDEX IF NOT EXISTS log_target_by_time ON log_target (due_at);

CREATE INDEX IF NOT EXISTS delivery_by_time ON delivery (due_at);

CREATE INDEX IF NOT EXISTS code_by_end ON code (expires_at);

CREATE INDEX IF NOT EXISTS auth_event_by_end ON auth_event (expires_at);

CREATE INDEX IF NOT EXISTS user_session_by_end ON user_session (expires_at);

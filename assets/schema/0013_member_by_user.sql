CREATE INDEX IF NOT EXISTS member_by_user ON member (pool, sub, name);

CREATE TABLE IF NOT EXISTS revoked (
    pool TEXT NOT NULL,
    origin_jti TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (pool, origin_jti)
) STRICT, WITHOUT ROWID;

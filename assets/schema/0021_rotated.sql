CREATE TABLE IF NOT EXISTS rotated (
    pool TEXT NOT NULL,
    jti TEXT NOT NULL,
    rotated_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (pool, jti)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS ui_customization_by_logo ON ui_customization (pool, logo_id);

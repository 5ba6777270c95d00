INSERT INTO log_target (target, due_at, failures)
SELECT DISTINCT target, 0, 0 FROM log_record WHERE true ON CONFLICT (target) DO NOTHING;

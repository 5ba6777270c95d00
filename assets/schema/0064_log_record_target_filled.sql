UPDATE log_record SET target = coalesce(json_extract(document, '$.target'), '') WHERE target = '';

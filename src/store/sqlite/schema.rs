//! The steps that make the schema, and how far a file has come.

use std::path::Path;

use rusqlite::Connection;

use super::adapter::error_of;
use crate::store::{Error, Result};

/// The steps that make the schema, in order. A step, once released, is never changed.
const SCHEMA: &[&str] = &[
    include_str!("../../../assets/schema/0001_user_pool.sql"),
    include_str!("../../../assets/schema/0002_user_pool_by_region.sql"),
    include_str!("../../../assets/schema/0003_deleted_pool.sql"),
    include_str!("../../../assets/schema/0004_counter.sql"),
    include_str!("../../../assets/schema/0005_pool_keys.sql"),
    include_str!("../../../assets/schema/0006_app_client.sql"),
    include_str!("../../../assets/schema/0007_app_client_by_pool.sql"),
    include_str!("../../../assets/schema/0008_pool_user.sql"),
    include_str!("../../../assets/schema/0009_login.sql"),
    include_str!("../../../assets/schema/0010_attr.sql"),
    include_str!("../../../assets/schema/0011_user_group.sql"),
    include_str!("../../../assets/schema/0012_member.sql"),
    include_str!("../../../assets/schema/0013_member_by_user.sql"),
    include_str!("../../../assets/schema/0014_code.sql"),
    include_str!("../../../assets/schema/0015_code_by_end.sql"),
    include_str!("../../../assets/schema/0016_attempt.sql"),
    include_str!("../../../assets/schema/0017_used.sql"),
    include_str!("../../../assets/schema/0018_used_by_end.sql"),
    include_str!("../../../assets/schema/0019_revoked.sql"),
    include_str!("../../../assets/schema/0020_revoked_by_end.sql"),
    include_str!("../../../assets/schema/0021_rotated.sql"),
    include_str!("../../../assets/schema/0022_rotated_by_end.sql"),
    include_str!("../../../assets/schema/0023_message.sql"),
    include_str!("../../../assets/schema/0024_message_by_pool.sql"),
    include_str!("../../../assets/schema/0025_message_by_destination.sql"),
    include_str!("../../../assets/schema/0026_import_job.sql"),
    include_str!("../../../assets/schema/0027_import_job_by_age.sql"),
    include_str!("../../../assets/schema/0028_import_job_active.sql"),
    include_str!("../../../assets/schema/0029_import_log.sql"),
    include_str!("../../../assets/schema/0030_ui_customization.sql"),
    include_str!("../../../assets/schema/0031_ui_customization_by_logo.sql"),
    include_str!("../../../assets/schema/0032_tag.sql"),
    include_str!("../../../assets/schema/0033_access_key.sql"),
    include_str!("../../../assets/schema/0034_setting.sql"),
    include_str!("../../../assets/schema/0035_attempt_by_age.sql"),
    include_str!("../../../assets/schema/0036_pool_resource.sql"),
    include_str!("../../../assets/schema/0037_device.sql"),
    include_str!("../../../assets/schema/0038_passkey.sql"),
    include_str!("../../../assets/schema/0039_user_session.sql"),
    include_str!("../../../assets/schema/0040_user_session_by_end.sql"),
    include_str!("../../../assets/schema/0041_identity.sql"),
    include_str!("../../../assets/schema/0042_identity_by_user.sql"),
    include_str!("../../../assets/schema/0043_identity_pool.sql"),
    include_str!("../../../assets/schema/0044_identity_pool_by_region.sql"),
    include_str!("../../../assets/schema/0045_pool_identity.sql"),
    include_str!("../../../assets/schema/0046_pool_identity_by_pool.sql"),
    include_str!("../../../assets/schema/0047_pool_identity_enabled.sql"),
    include_str!("../../../assets/schema/0048_identity_login.sql"),
    include_str!("../../../assets/schema/0049_domain.sql"),
    include_str!("../../../assets/schema/0050_domain_by_pool.sql"),
    include_str!("../../../assets/schema/0051_domain_by_region.sql"),
    include_str!("../../../assets/schema/0052_delivery.sql"),
    include_str!("../../../assets/schema/0053_delivery_by_time.sql"),
    include_str!("../../../assets/schema/0054_auth_event.sql"),
    include_str!("../../../assets/schema/0055_auth_event_by_end.sql"),
    include_str!("../../../assets/schema/0056_risk_profile.sql"),
    include_str!("../../../assets/schema/0057_log_record.sql"),
    include_str!("../../../assets/schema/0058_log_record_by_pool.sql"),
    include_str!("../../../assets/schema/0059_parked.sql"),
    include_str!("../../../assets/schema/0060_parked_by_end.sql"),
    include_str!("../../../assets/schema/0061_index_waiting.sql"),
    include_str!("../../../assets/schema/0062_index_settled.sql"),
    include_str!("../../../assets/schema/0063_log_record_target.sql"),
    include_str!("../../../assets/schema/0064_log_record_target_filled.sql"),
    include_str!("../../../assets/schema/0065_log_record_by_target.sql"),
    include_str!("../../../assets/schema/0066_log_target.sql"),
    include_str!("../../../assets/schema/0067_log_target_by_time.sql"),
    include_str!("../../../assets/schema/0068_log_target_filled.sql"),
    include_str!("../../../assets/schema/0069_passkey_by_id.sql"),
    include_str!("../../../assets/schema/0070_parked_without_owner.sql"),
    include_str!("../../../assets/schema/0071_parked_challenge.sql"),
    include_str!("../../../assets/schema/0072_parked_challenge_by_end.sql"),
];

/// Marks a file as ours, in its header (`PRAGMA application_id`): `Pool` in ASCII.
const APPLICATION_ID: i64 = 0x506f_6f6c;

fn number(connection: &Connection, sql: &str) -> Result<i64> {
    connection
        .query_row(sql, [], |row| row.get(0))
        .map_err(|reason| error_of(&reason))
}

/// Tells the format of a database of ours; 0 for one that holds nothing yet.
pub(super) fn format_of(connection: &Connection, path: &Path) -> Result<i64> {
    let tables = number(connection, "SELECT count(*) FROM sqlite_schema")?;
    let id = number(connection, "PRAGMA application_id")?;
    if tables > 0 && id != APPLICATION_ID {
        return Err(Error::Corrupt(format!(
            "a database of another program: {}",
            path.display()
        )));
    }
    let found = number(connection, "PRAGMA user_version")?;
    let known = i64::try_from(SCHEMA.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(Error::TooNew { found, known });
    }
    Ok(found)
}

/// Brings the schema up to date, all steps in one transaction.
pub(super) fn migrate(connection: &Connection, path: &Path) -> Result<()> {
    let found = format_of(connection, path)?;
    let done =
        usize::try_from(found).map_err(|_| Error::Corrupt(format!("format {found}: {}", path.display())))?;
    let steps = SCHEMA.get(done..).unwrap_or_default();
    if steps.is_empty() {
        return Ok(());
    }
    let run = || {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for step in steps {
            connection.execute_batch(step)?;
        }
        connection.execute_batch(&format!(
            "PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {}; COMMIT",
            SCHEMA.len()
        ))
    };
    run().map_err(|reason: rusqlite::Error| error_of(&reason))
}

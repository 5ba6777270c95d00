//! A connection as the contract wants it: values in, rows out, errors by what they mean.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, ToSql, ffi, params_from_iter};

use super::writes::Doom;
use crate::store::{Error, Result, Row, Sql, Value};

/// A connection as the records see it.
pub(super) struct Adapter<'c> {
    pub(super) connection: &'c Connection,
    /// Set when a statement failed in a way that ends the whole transaction.
    pub(super) doom: Option<Doom>,
}

impl Adapter<'_> {
    fn note(&mut self, reason: &rusqlite::Error) -> Error {
        let error = error_of(reason);
        if let Error::Full = error {
            self.doom = Some(Doom::All(|| Error::Full));
        }
        error
    }
}

impl Sql for Adapter<'_> {
    fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        let outcome = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(params_from_iter(params)));
        match outcome {
            Ok(changed) => Ok(changed as u64),
            Err(reason) => Err(self.note(&reason)),
        }
    }

    fn query(
        &mut self,
        sql: &str,
        params: &[Value],
        each: &mut dyn FnMut(&Row) -> Result<bool>,
    ) -> Result<()> {
        let connection = self.connection;
        let mut statement = match connection.prepare_cached(sql) {
            Ok(statement) => statement,
            Err(reason) => return Err(self.note(&reason)),
        };
        let columns = statement.column_count();
        let mut rows = match statement.query(params_from_iter(params)) {
            Ok(rows) => rows,
            Err(reason) => return Err(self.note(&reason)),
        };
        loop {
            let row = match rows.next() {
                Ok(Some(row)) => row,
                Ok(None) => return Ok(()),
                Err(reason) => return Err(self.note(&reason)),
            };
            let mut values = Vec::with_capacity(columns);
            for at in 0..columns {
                let value = row.get_ref(at).map_err(|reason| error_of(&reason))?;
                values.push(match value {
                    ValueRef::Null => Value::Null,
                    ValueRef::Integer(number) => Value::Int(number),
                    ValueRef::Real(number) => {
                        return Err(Error::Database(format!("unexpected fraction {number}")));
                    }
                    ValueRef::Text(text) => Value::Text(
                        std::str::from_utf8(text)
                            .map_err(|_| Error::Corrupt("text that is not UTF-8".to_owned()))?
                            .to_owned(),
                    ),
                    ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
                });
            }
            if !each(&Row(values))? {
                return Ok(());
            }
        }
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

pub(super) fn extended_code(reason: &rusqlite::Error) -> Option<(ErrorCode, i32)> {
    match reason {
        rusqlite::Error::SqliteFailure(failure, _) => Some((failure.code, failure.extended_code)),
        _ => None,
    }
}

pub(super) fn error_of(reason: &rusqlite::Error) -> Error {
    match extended_code(reason) {
        // The file of the shared index could not grow: the disk is full as well.
        Some((ErrorCode::DiskFull, _) | (_, ffi::SQLITE_IOERR_SHMSIZE)) => Error::Full,
        Some((ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _)) => Error::Corrupt(reason.to_string()),
        Some((ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _)) => Error::Conflict,
        _ => Error::Database(reason.to_string()),
    }
}

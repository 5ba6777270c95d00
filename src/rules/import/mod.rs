//! The CSV core: header, rows, report. Shared by engine and wizard.

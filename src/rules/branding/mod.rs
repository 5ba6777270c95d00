//! The branding lint: style sheet, settings, pictures. Shared by engine and studio.

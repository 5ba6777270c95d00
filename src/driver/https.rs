//! Calls an endpoint over HTTP, signed with Signature Version 4.

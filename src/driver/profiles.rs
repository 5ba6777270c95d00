//! Saved connections, and credentials from the shared files of the AWS tools.

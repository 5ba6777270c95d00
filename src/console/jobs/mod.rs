//! Long work behind the screens: none of it knows how it is drawn.

pub mod board;
pub mod bulk;
pub mod export;
pub mod import_model;
pub mod user_index;

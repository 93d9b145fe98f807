//! Values and rules: no database, socket, file or clock below this line.

pub mod import;
pub mod record;
pub mod result;
pub mod source;

//! What a person's record holds, as a value that can be exported.

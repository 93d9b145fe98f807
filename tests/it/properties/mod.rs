//! What must hold for every input, by generated cases.

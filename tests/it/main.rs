//! one integration binary
mod architecture;
mod email;

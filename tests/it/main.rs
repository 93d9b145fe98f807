//! one integration binary
mod architecture;

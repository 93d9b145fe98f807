//! one integration binary
mod architecture;
mod web;

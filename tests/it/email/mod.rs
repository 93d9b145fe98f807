//! Inbound and outbound email: own words, classes, bounces, hostile mail, header safety.
mod own_words;

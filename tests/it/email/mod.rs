//! Inbound and outbound email: own words, classes, bounces, hostile mail, header safety.
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod outbound;
#[cfg(test)]
mod own_words;

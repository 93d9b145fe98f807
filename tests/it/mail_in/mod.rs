//! Mail that comes in: by a real Dovecot, by webhook; and the way out of it by one click.

mod cuts;
mod dovecot;
mod kit;
mod matching;
mod settings;
mod two_programs;
mod unsubscribe;
mod webhook;
mod whole_loop;

//! Between two looks: hearing of new mail, resting, and the end.

use super::MailReader;
use crate::outreach::Engine;
use crate::store::mailboxes;
use std::time::Duration;

impl MailReader {
    /// Waits for the next look: hears of new mail where the server can tell, else rests.
    pub async fn wait(&mut self, rest: Duration) {
        let poll = self.gateway.mail_in().and_then(|way| way.imap.as_ref()).map(|imap| imap.poll);
        match self.open.take() {
            Some(open) if open.can_idle() && Some(rest) == poll => {
                self.open = open.idle(rest).await;
                if self.open.is_some() {
                    self.broken_idles = 0;
                } else {
                    // A server that ends every wait at once is not logged in to all the time.
                    self.broken_idles = (self.broken_idles + 1).min(12);
                    tokio::time::sleep(rest.min(Duration::from_secs(5) * (self.broken_idles - 1))).await;
                }
            }
            open => {
                self.open = open;
                tokio::time::sleep(rest).await;
            }
        }
    }

    /// Says goodbye and lets another reader have the mailbox.
    pub async fn close(mut self, engine: &Engine) {
        if let Some(open) = self.open.take() {
            open.log_out().await;
        }
        let Some(imap) = self.gateway.mail_in().and_then(|way| way.imap.as_ref()) else { return };
        let released = async {
            let mut tx = engine.db.begin().await?;
            mailboxes::release(&mut tx, self.gateway.name(), &imap.folder, &self.holder).await?;
            tx.commit().await
        };
        // Where the database is away the claim ends by itself.
        let _: Result<(), crate::store::StoreError> = released.await;
    }
}

//! The loop for one person, printed: driven through the real engine and read by the real reader. It fails when what is
//! expected did not happen.

mod story;

use super::{Demo, DemoError, Options};
use std::io::Write;
use story::Story;

/// Why a transcript ended early.
#[derive(Debug, thiserror::Error)]
pub enum TranscriptError {
    /// The demo itself.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// The terminal, or the file it was sent to.
    #[error("the transcript could not be written: {0}")]
    Write(#[from] std::io::Error),
    /// The loop did not do what it promises.
    #[error("at {at}: expected {expected}, but {found}")]
    Unexpected {
        /// The demo's time.
        at: String,
        /// What should have happened.
        expected: String,
        /// What did.
        found: String,
    },
}

impl From<crate::store::StoreError> for TranscriptError {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Demo(error.into())
    }
}

/// Runs the loop for one person and prints it: welcome, goal check-in, reply, record; results notice and agenda prompt
/// before an appointment, reply, record; STOP, confirmed once, and nothing after it. Ends by itself.
pub async fn transcript(out: &mut (dyn Write + Send)) -> Result<(), TranscriptError> {
    let options = Options { people: 12, lived_ms: 0, answering: false, ..Options::default() };
    let demo = Demo::start(&options).await?;
    let mut story = Story::new(&demo, out);
    story.opening().await?;

    story.heading("A goal, and the first check-in")?;
    story.until("2027-01-04T09:05").await?;
    story.expect_sent("welcome").await?;
    story.until("2027-01-06T10:35").await?;
    story.expect_sent("goal_check_in").await?;
    story.reply("2027-01-06T12:10", "4 days this week").await?;
    story.expect_entry("check_in", "4").await?;
    story.expect_sent("check_in_answer").await?;

    story.heading("Before the annual review: results ahead, and what matters to her")?;
    story.until("2027-01-12T10:05").await?;
    story.expect_sent("results_notice").await?;
    story.until("2027-01-13T10:35").await?;
    story.expect_sent("agenda_prompt").await?;
    story.reply("2027-01-13T13:45", "my sleep, the new tablets and my knee").await?;
    story.expect_agenda(&["sleep", "tablets", "knee"]).await?;
    story.until("2027-01-15T11:05").await?;
    story.expect_sent("appointment_reminder").await?;
    story.reply("2027-01-15T18:40", "Yes I will be there").await?;
    story.expect_entry("confirmation", "coming").await?;
    story.until("2027-01-18T15:05").await?;
    story.expect_sent("agenda_echo").await?;

    story.heading("After it: the next check-in, and STOP")?;
    story.until("2027-01-20T10:35").await?;
    story.expect_sent("goal_check_in").await?;
    story.reply("2027-01-20T10:50", "STOP").await?;
    story.expect_sent("stop_confirmation").await?;
    let stopped = story.sent_so_far().await?;
    story.reply("2027-01-20T10:52", "stop").await?;
    story.until("2027-02-24T12:00").await?;
    story.expect_nothing_more(stopped).await?;

    story.ledger().await
}

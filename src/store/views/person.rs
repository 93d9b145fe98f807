//! What a page about one person reads, outside any transaction.

use crate::store::appointments::AppointmentRow;
use crate::store::consents::ConsentRow;
use crate::store::contacts::ContactPointRow;
use crate::store::enrolments::EnrolmentRow;
use crate::store::goals::GoalRow;
use crate::store::patients::TagRow;
use crate::store::prompts::PromptRow;
use crate::store::record::AgendaItemRow;
use crate::store::{Db, Sql, StoreError};

macro_rules! of_patient {
    ($(#[$doc:meta])* $name:ident -> $row:ty, $sql:literal) => {
        $(#[$doc])*
        pub async fn $name(db: &Db, patient_id: &str) -> Result<Vec<$row>, StoreError> {
            const SQL: Sql = Sql::same($sql);
            db.fetch(&SQL, &[patient_id.into()]).await
        }
    };
}

of_patient! {
    /// The tags on the person's record.
    tags -> TagRow, "SELECT * FROM patient_tag WHERE patient_id = $1 ORDER BY tag"
}
of_patient! {
    /// Numbers and addresses, best first, retired ones last.
    contacts -> ContactPointRow,
    "SELECT * FROM contact_point WHERE patient_id = $1
     ORDER BY CASE status WHEN 'old' THEN 1 ELSE 0 END, channel DESC, rank, id"
}
of_patient! {
    /// The consent history, oldest first.
    consents -> ConsentRow, "SELECT * FROM consent WHERE patient_id = $1 ORDER BY at, id"
}
of_patient! {
    /// The goals, oldest first.
    goals -> GoalRow, "SELECT * FROM goal WHERE patient_id = $1 ORDER BY created_at, id"
}
of_patient! {
    /// The appointments, latest first.
    appointments -> AppointmentRow, "SELECT * FROM appointment WHERE patient_id = $1 ORDER BY starts_at DESC, id"
}
of_patient! {
    /// What the person wants to talk about, as it stands, in their order.
    agenda -> AgendaItemRow,
    "SELECT * FROM agenda_item WHERE patient_id = $1 AND replaced_at IS NULL ORDER BY appointment_id, position"
}
of_patient! {
    /// The programmes the person is or was in.
    enrolments -> EnrolmentRow, "SELECT * FROM enrolment WHERE patient_id = $1 ORDER BY started_at, id"
}
of_patient! {
    /// The question that waits for an answer: none or one.
    open_prompts -> PromptRow, "SELECT * FROM prompt WHERE patient_id = $1 AND status = 'open'"
}

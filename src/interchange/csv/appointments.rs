//! One row of an appointment list.

use chrono::{DateTime, Duration, LocalResult, NaiveDateTime, TimeZone, Utc};

use super::Taken;
use super::row::Row;
use crate::domain::import::{
    AppointmentRecord, AppointmentStatus, Field, Record, Refusal, RefusalReason, SourceId, WarningKind,
};
use crate::interchange::dates::{self, DateText};
use crate::interchange::words;

/// Reads an appointment.
pub(super) fn read(row: &Row<'_>) -> Result<Taken, Refusal> {
    let mut taken = Taken::default();
    let patient = row.patient()?;
    let status = match row.word(Field::Status) {
        None => AppointmentStatus::Booked,
        Some(word) => {
            words::appointment_status(&word).ok_or_else(|| row.refuse(Field::Status, RefusalReason::WordUnknown))?
        }
    };
    let start = start(row, &mut taken)?;
    let end = end(row, start, &mut taken)?;
    if end.is_some_and(|end| end < start) {
        return Err(row.refuse(Field::End, RefusalReason::EndBeforeStart));
    }
    let id_is_derived = row.get(Field::RowId).is_none();
    let source_id = if let Some(id) = row.get(Field::RowId) {
        SourceId::given("appointment", &id)
    } else {
        taken.warnings.push((WarningKind::NoAppointmentId, None, None));
        let service = row.owned(Field::Service).unwrap_or_default();
        SourceId::derived("appointment", &[&patient.identity(), &start.to_rfc3339(), &service])
    };
    let record = AppointmentRecord {
        patient,
        source_id,
        provenance: row.provenance(),
        id_is_derived,
        status,
        start,
        end,
        service: row.owned(Field::Service),
        location: row.owned(Field::Location),
        clinician: row.owned(Field::Clinician),
        mode: row.owned(Field::Mode),
    };
    taken.records.push(Record::Appointment(Box::new(record)));
    Ok(taken)
}

fn start(row: &Row<'_>, taken: &mut Taken) -> Result<DateTime<Utc>, Refusal> {
    row.required(Field::Date)?;
    let date = row.date(Field::Date)?.ok_or_else(|| row.refuse(Field::Date, RefusalReason::Missing))?;
    match (date, row.get(Field::Time)) {
        (DateText::Instant(at), None) => Ok(at),
        (DateText::Local(local), None) => instant(row, Field::Date, local, taken),
        (DateText::Day(_), None) => Err(row.refuse(Field::Time, RefusalReason::TimeMissing)),
        (date, Some(_)) => {
            let zone = row.context().options.zone;
            let time = time(row, Field::Time)?;
            instant(row, Field::Time, date.day(zone).and_time(time), taken)
        }
    }
}

fn time(row: &Row<'_>, field: Field) -> Result<chrono::NaiveTime, Refusal> {
    let cell = row.required(field)?;
    // Some exports repeat the date before the time.
    match dates::read(&cell, row.context().layout.table.date_order) {
        Ok(DateText::Local(local)) => Ok(local.time()),
        _ => dates::read_time(&cell).map_err(|reason| row.refuse(field, reason)),
    }
}

fn end(row: &Row<'_>, start: DateTime<Utc>, taken: &mut Taken) -> Result<Option<DateTime<Utc>>, Refusal> {
    let zone = row.context().options.zone;
    if let Some(cell) = row.get(Field::End) {
        return match dates::read(&cell, row.context().layout.table.date_order) {
            Ok(DateText::Instant(at)) => Ok(Some(at)),
            Ok(DateText::Local(local)) => instant(row, Field::End, local, taken).map(Some),
            Ok(DateText::Day(_)) => Ok(None),
            Err(_) => {
                let local = crate::domain::calendar::local(start, zone).date().and_time(time(row, Field::End)?);
                instant(row, Field::End, local, taken).map(Some)
            }
        };
    }
    let Some(cell) = row.get(Field::Minutes) else {
        return Ok(None);
    };
    let digits = cell.trim_end_matches(|c: char| !c.is_ascii_digit());
    match digits.parse::<u16>() {
        Ok(minutes) if minutes <= 24 * 60 => Ok(start.checked_add_signed(Duration::minutes(i64::from(minutes)))),
        _ => Err(row.refuse(Field::Minutes, RefusalReason::WordUnknown)),
    }
}

/// A local time as an instant. One that the clocks skip is an error in the list, not a time to be moved.
fn instant(row: &Row<'_>, field: Field, local: NaiveDateTime, taken: &mut Taken) -> Result<DateTime<Utc>, Refusal> {
    match row.context().options.zone.from_local_datetime(&local) {
        LocalResult::Single(at) => Ok(at.to_utc()),
        LocalResult::Ambiguous(a, b) => {
            taken.warnings.push((WarningKind::TimeOccursTwice, Some(field), None));
            Ok(a.min(b).to_utc())
        }
        LocalResult::None => Err(row.refuse(field, RefusalReason::TimeDoesNotExist)),
    }
}

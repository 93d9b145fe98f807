//! The shipped files. A test compares this list with the folder.

macro_rules! files {
    ($($path:literal),+ $(,)?) => {
        &[$((concat!("messages/", $path), include_str!(concat!("../../messages/", $path)))),+]
    };
}

/// Path and content of each shipped file.
pub(super) const FILES: &[(&str, &str)] = files![
    "en/agenda_echo.toml",
    "en/agenda_nudge.toml",
    "en/agenda_prompt.toml",
    "en/alert_route.toml",
    "en/appointment_no_answer.toml",
    "en/appointment_reminder.toml",
    "en/appointment_yes_answer.toml",
    "en/ask_who.toml",
    "en/check_in_answer.toml",
    "en/closed.toml",
    "en/confirm_cancel.toml",
    "en/could_not_read.toml",
    "en/crisis.toml",
    "en/danger.toml",
    "en/gateway_test.toml",
    "en/goal_check_in.toml",
    "en/help.toml",
    "en/reading_answer.toml",
    "en/reading_request.toml",
    "en/results_notice.toml",
    "en/route_test.toml",
    "en/staff_message.toml",
    "en/start_confirmation.toml",
    "en/stop_confirmation.toml",
    "en/unknown_sender.toml",
    "en/welcome.toml",
    "en/wrong_person_answer.toml",
];

//! What a message is: its kind, the topic it needs consent for, and where it stands.

text_enum! {
    /// Which way a message went.
    Direction { /// From the practice.
        Out = "out", /// From a person.
        In = "in" }
}

text_enum! {
    /// Where a message stands. Outbound: `planned → queued → sending → accepted → delivered | undelivered | failed`, or
    /// `held`, `skipped`, `cancelled`, `unknown`. Inbound: `received → handled | for_staff`.
    MessageStatus {
        /// In the ledger, its time not yet come.
        Planned = "planned",
        /// Its time has come; it waits for a gateway.
        Queued = "queued",
        /// Handed to a gateway, no answer yet.
        Sending = "sending",
        /// The gateway took it. Not proof of delivery.
        Accepted = "accepted",
        /// The handset or mail server confirmed it.
        Delivered = "delivered",
        /// The network could not deliver it.
        Undelivered = "undelivered",
        /// The gateway refused it for good, or its tries ran out.
        Failed = "failed",
        /// Waits for a person or a condition; the reason says which.
        Held = "held",
        /// Not sent, by a rule; the reason says which.
        Skipped = "skipped",
        /// No longer wanted; the reason says why.
        Cancelled = "cancelled",
        /// Nobody can tell whether it went; it is not repeated.
        Unknown = "unknown",
        /// Stored, not yet understood.
        Received = "received",
        /// Understood and filed.
        Handled = "handled",
        /// A person must read it.
        ForStaff = "for_staff",
    }
}

impl MessageStatus {
    /// Outbound states that still wait for their moment.
    pub const fn waits(self) -> bool {
        matches!(self, Self::Planned | Self::Queued | Self::Sending | Self::Held)
    }

    /// Outbound states in which the text left, or may have left, the practice.
    pub const fn may_have_left(self) -> bool {
        matches!(self, Self::Sending | Self::Accepted | Self::Delivered | Self::Undelivered | Self::Unknown)
    }
}

text_enum! {
    /// What a message is for.
    MessageKind {
        /// The first message of a programme.
        Welcome = "welcome",
        /// A reminder of the goal the person chose.
        GoalReminder = "goal_reminder",
        /// How the goal went.
        CheckIn = "check_in",
        /// Released results are ready to read before the appointment.
        ResultsAhead = "results_ahead",
        /// What the person wants to talk about.
        AgendaPrompt = "agenda_prompt",
        /// An appointment is near.
        AppointmentReminder = "appointment_reminder",
        /// A home reading is asked for.
        ReadingRequest = "reading_request",
        /// An automatic answer to something received.
        AutoReply = "auto_reply",
        /// Written or started by staff.
        StaffMessage = "staff_message",
    }
}

text_enum! {
    /// The topic a person can refuse or permit on its own.
    Purpose {
        /// Goal reminders and check-ins.
        Goals = "goals",
        /// Notices that results are ready.
        Results = "results",
        /// Result values inside a message: needs recorded permission.
        ResultValues = "result_values",
        /// What to talk about at the appointment.
        Agenda = "agenda",
        /// Appointment reminders.
        Appointments = "appointments",
        /// Requests for home readings: needs recorded permission.
        Readings = "readings",
        /// Answers to what the person sent, and the welcome.
        Service = "service",
        /// Every topic at once (STOP, START).
        All = "all",
    }
}

text_enum! {
    /// What happens to a step whose moment has passed when it is planned or sent.
    PastDue {
        /// Sent at the next allowed moment while it is still useful.
        Send = "send",
        /// Not sent, and recorded so.
        Skip = "skip",
        /// Sent at the next allowed moment if the step's shortest notice is kept, else skipped.
        Shorten = "shorten",
    }
}

/// The order in which waiting messages leave. A lower lane always goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// Answers to danger and to STOP: at any hour, ahead of all.
    Safety = 0,
    /// Answers in a running conversation.
    Conversation = 1,
    /// Everything planned.
    Planned = 2,
}

impl Lane {
    /// The number stored in the `due` table.
    pub const fn number(self) -> i64 {
        self as i64
    }

    /// The lane with that number; unknown numbers are the last lane.
    pub const fn from_number(number: i64) -> Self {
        match number {
            0 => Self::Safety,
            1 => Self::Conversation,
            _ => Self::Planned,
        }
    }
}

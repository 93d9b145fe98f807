//! Every command and its arguments, in the words of `--help`.

mod bench;

pub use bench::{BenchArgs, BenchFigure};

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// The text and email companion for the time between two appointments.
#[derive(Debug, Parser)]
#[command(name = "between", version, about, propagate_version = true)]
pub struct Cli {
    /// A settings file; may be given several times, later ones win. Every setting: `between config show`
    #[arg(long, short, global = true, value_name = "FILE")]
    pub config: Vec<PathBuf>,
    /// Which practice; needed only where there are several
    #[arg(long, global = true, value_name = "ID")]
    pub practice: Option<String>,
    /// JSON instead of words, for other programs
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
#[allow(missing_docs, reason = "the variants' own words are the help text")]
pub enum Command {
    /// Start an invented practice on this machine, with pages and a phone simulator
    Demo(DemoArgs),
    /// Run the program: send, receive, and answer webhooks and health checks
    Serve(ServeArgs),
    /// Ask a running program whether it is ready: exit code 0 when it is, for containers and monitoring
    Health,
    /// Bring the database's tables up to date
    Migrate,
    /// Add, show and steer practices
    #[command(subcommand)]
    Practice(PracticeCommand),
    /// Read a practice's data: CSV lists, FHIR bundles, resources or NDJSON
    Import(ImportArgs),
    /// Write everything held about one person: JSON, CSV or a FHIR R4 bundle
    Export(ExportArgs),
    /// Put a person into a programme, with their consent and where it was given
    Enrol(EnrolArgs),
    /// Look at and steer one person's messages
    #[command(subcommand)]
    Patient(PatientCommand),
    /// List, release, hold and withdraw test results
    #[command(subcommand)]
    Results(ResultsCommand),
    /// List and acknowledge what somebody must see
    #[command(subcommand)]
    Alerts(AlertsCommand),
    /// Write what is planned into the ledger; with --dry-run show what would go out, and change nothing
    Plan(PlanArgs),
    /// Send what is due now, once, and end
    SendDue,
    /// How gateways stand, what was exchanged with them, and a test through one
    #[command(subcommand)]
    Gateways(GatewaysCommand),
    /// Check and show the settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Check and preview the wording
    #[command(subcommand)]
    Messages(MessagesCommand),
    /// See how the program reads a reply, a text, a number, a template or an email
    #[command(subcommand)]
    Inspect(InspectCommand),
    /// Write a consistent copy of the database while it is in use. A restored copy sends nothing until a person says so
    Backup(BackupArgs),
    /// How well replies are understood
    #[command(subcommand)]
    Replies(RepliesCommand),
    /// Measure what things cost on this machine, beside what is asked of them
    Bench(BenchArgs),
}

#[derive(Debug, Args)]
#[allow(missing_docs, reason = "help texts")]
pub struct DemoArgs {
    /// Where the pages are served; this machine only
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8420")]
    pub listen: std::net::SocketAddr,
    /// The same number gives the same practice
    #[arg(long, default_value_t = 2027)]
    pub seed: u64,
    /// Print the loop for one person in the terminal and end
    #[arg(long)]
    pub transcript: bool,
}

/// Which parts run in this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Webhooks and health checks.
    Web,
    /// Sending, reading and duties.
    Worker,
    /// Both.
    All,
}

#[derive(Debug, Args)]
#[allow(missing_docs, reason = "help texts")]
pub struct ServeArgs {
    /// Which parts run in this process; several processes share one PostgreSQL
    #[arg(long, value_enum, default_value = "all")]
    pub role: Role,
    /// Where to listen, instead of `listen` of `[server]`
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
}

#[derive(Debug, Subcommand)]
#[allow(missing_docs, reason = "help texts")]
pub enum PracticeCommand {
    /// Add a practice, or change its name and settings
    Add {
        /// A short name for the command line: lower case, no spaces
        id: String,
        /// The name patients see
        #[arg(long)]
        name: String,
        /// The organisation (ODS) code
        #[arg(long)]
        ods: Option<String>,
        /// A TOML file with the settings that differ from `[practice]`
        #[arg(long, value_name = "FILE")]
        settings: Option<PathBuf>,
    },
    /// Show practices, the age of their data, and whether they may send
    Show,
    /// Let the practice send (after a restore, or after hold-sending)
    AllowSending,
    /// Hold everything that is planned; answers to STOP and danger still go
    HoldSending,
    /// Send a test along the alert route; it must be acknowledged with its code
    TestRoute,
    /// Acknowledge a test of the alert route
    AcknowledgeRoute {
        /// The code in the test message
        code: String,
    },
    /// Add a programme of the practice's own, or replace a shipped one of the same name
    Programme {
        /// A TOML file like those in config/programmes
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
#[allow(missing_docs, reason = "help texts")]
pub struct ImportArgs {
    /// The files; those that belong together (FHIR) are read together
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Show what would be accepted and refused, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// A column mapping: the name of a shipped one, or a TOML file
    #[arg(long, value_name = "NAME|FILE")]
    pub mapping: Option<String>,
    /// Show at most so many refused rows
    #[arg(long, default_value_t = 50)]
    pub show: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "the words say it")]
pub enum ExportFormat {
    Json,
    Csv,
    Fhir,
}

#[derive(Debug, Args)]
#[allow(missing_docs, reason = "help texts")]
pub struct ExportArgs {
    /// Whose: id, NHS number, or the beginning of the surname
    #[arg(long)]
    pub patient: String,
    /// In which form
    #[arg(long, value_enum, default_value = "json")]
    pub format: ExportFormat,
    /// Into this file instead of the terminal
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[allow(missing_docs, reason = "help texts")]
pub struct EnrolArgs {
    /// Who: id, NHS number, or the beginning of the surname
    pub patient: String,
    /// Into which programme: goal, annual-review, blood-pressure, or one of your own
    pub programme: String,
    /// Where and how the person agreed, for example "agreed with Nurse Cole at the review"
    #[arg(long)]
    pub consent_source: String,
    /// The goal, where there are several: its id
    #[arg(long)]
    pub goal: Option<String>,
    /// The words the person agreed to see for the goal in a text, after "did you": "walk for 20 minutes"
    #[arg(long)]
    pub label: Option<String>,
    /// What is counted: days, times, portions…
    #[arg(long)]
    pub unit: Option<String>,
    /// What the person aims at
    #[arg(long)]
    pub target: Option<i64>,
}

#[derive(Debug, Subcommand)]
#[allow(missing_docs, reason = "help texts")]
pub enum PatientCommand {
    /// The person's timeline, record, goals, appointments and alerts
    Show { patient: String },
    /// Stop all planned messages until a date
    Pause {
        patient: String,
        /// The last day of the pause, as 2027-03-31
        #[arg(long)]
        until: String,
        #[arg(long)]
        reason: String,
    },
    /// End a pause
    Resume {
        patient: String,
        #[arg(long)]
        reason: String,
    },
    /// Stop messages on a topic or channel for a person, as they asked
    Stop {
        patient: String,
        /// sms, email or any
        #[arg(long, default_value = "any")]
        channel: String,
        /// all, goals, results, agenda, appointments, readings
        #[arg(long, default_value = "all")]
        purpose: String,
        #[arg(long)]
        reason: String,
    },
    /// Note a permission or refusal with its source
    Consent {
        patient: String,
        #[arg(long, default_value = "any")]
        channel: String,
        /// goals, results, result_values, agenda, appointments, readings or all
        #[arg(long)]
        purpose: String,
        /// granted or refused
        #[arg(long)]
        decision: String,
        /// Who said it and where
        #[arg(long)]
        source: String,
    },
    /// A number or address that was marked as not working has been checked with the person: use it again
    Reachable {
        patient: String,
        /// Who checked it and how
        #[arg(long)]
        reason: String,
    },
    /// Mark contact by message as unsafe, or clear the mark
    UnsafeContact {
        patient: String,
        #[arg(long)]
        clear: bool,
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, Subcommand)]
#[allow(missing_docs, reason = "help texts")]
pub enum ResultsCommand {
    /// List results: held ones with their reasons, owner and due date
    List {
        /// held, released or withdrawn
        #[arg(long, default_value = "held")]
        state: String,
        /// Only this person's
        #[arg(long)]
        patient: Option<String>,
    },
    /// Release held results, in the name of a clinician
    Release {
        #[arg(required = true)]
        ids: Vec<String>,
        /// The clinician who releases them
        #[arg(long)]
        by: String,
        /// A second person, needed for the first release of a test
        #[arg(long)]
        second: Option<String>,
        /// Hold reasons that were seen and accepted, as listed: hold_limit, sensitive…
        #[arg(long)]
        knowing: Vec<String>,
    },
    /// Put released results back to held
    Hold {
        #[arg(required = true)]
        ids: Vec<String>,
        #[arg(long)]
        by: String,
    },
    /// Withdraw results: they are never sent
    Withdraw {
        #[arg(required = true)]
        ids: Vec<String>,
        #[arg(long)]
        by: String,
    },
    /// Switch on a standing rule: ordinary results of these tests are released on import
    RuleOn {
        /// Tests, as in config/results.toml
        #[arg(required = true)]
        tests: Vec<String>,
        /// The clinician who answers for it
        #[arg(long)]
        clinician: String,
    },
    /// Switch a standing rule off
    RuleOff { id: String },
    /// The standing rules in force
    Rules,
}

#[derive(Debug, Subcommand)]
#[allow(missing_docs, reason = "help texts")]
pub enum AlertsCommand {
    /// Open alerts, most urgent first
    List {
        /// open, acknowledged or closed
        #[arg(long, default_value = "open")]
        status: String,
    },
    /// Acknowledge alerts: somebody has seen to it
    Acknowledge {
        #[arg(required = true)]
        ids: Vec<String>,
        #[arg(long, default_value = "")]
        note: String,
    },
}

#[derive(Debug, Args)]
#[allow(missing_docs, reason = "help texts")]
pub struct PlanArgs {
    /// Show what would go out, be held or be capped, with reason and cost, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// How many days ahead a dry run looks
    #[arg(long, default_value_t = 30)]
    pub days: u32,
}

#[derive(Debug, Subcommand)]
#[allow(missing_docs, reason = "help texts")]
pub enum GatewaysCommand {
    /// Share, speed, failures and state of each gateway, why, and what waits
    Status,
    /// Send one marked test message through a gateway and follow it to its receipt: exit code 0 when it arrived
    Test {
        /// The gateway's name
        name: String,
        /// A colleague's mobile number or email address; a patient's is refused
        #[arg(long, value_name = "NUMBER|ADDRESS")]
        to: String,
        /// How long to wait for the receipt, in seconds
        #[arg(long, default_value_t = 120, value_name = "SECONDS")]
        wait: u64,
    },
    /// Far more messages than usual were held: say that today's are right, and let them go
    Release,
    /// Everything that was exchanged about one message, without numbers, names, texts or secrets
    Log {
        /// The message's id, as shown by patient show --json and on its page
        message: String,
    },
}

#[derive(Debug, Subcommand)]
#[allow(missing_docs, reason = "help texts")]
pub enum ConfigCommand {
    /// Name every fault of the settings at once
    Check,
    /// Show every setting with its default
    Show,
}

#[derive(Debug, Subcommand)]
#[allow(missing_docs, reason = "help texts")]
pub enum MessagesCommand {
    /// Check all wording: placeholders, length, characters, forbidden phrases, missing translations
    Check,
    /// Show a message with example values, its shortest and its longest
    Preview {
        kind: String,
        #[arg(long, default_value = "en")]
        language: String,
    },
}

#[derive(Debug, Subcommand)]
#[allow(missing_docs, reason = "help texts")]
pub enum InspectCommand {
    /// Replies as JSON lines on standard input: what each means
    Reply,
    /// Texts as JSON lines {"text": …} on standard input: encoding, segments, characters that cost, and what each policy of
    /// gateways makes of it
    Sms,
    /// Telephone numbers, one a line on standard input or as arguments
    Phone { numbers: Vec<String> },
    /// NHS numbers, one a line on standard input or as arguments
    NhsNumber { numbers: Vec<String> },
    /// A template on standard input: its placeholders and faults
    Template,
    /// One email (RFC 5322) on standard input: what was kept, what was cut, its class
    Email,
}

#[derive(Debug, Args)]
#[allow(missing_docs, reason = "help texts")]
pub struct BackupArgs {
    /// The file to write; it must not exist
    pub file: PathBuf,
}

#[derive(Debug, Subcommand)]
#[allow(missing_docs, reason = "help texts")]
pub enum RepliesCommand {
    /// Score a labelled file of replies
    Evaluate { file: PathBuf },
    /// Run the examples of the red-flag lexicon in force
    Check,
    /// Make the weights of danger, of the second reader and of the judge from labelled files
    Train {
        /// Labelled files, in the schema of `evaluate`
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Labelled files by which the rules were never changed: from them it is learned which reader to believe
        #[arg(long, value_name = "FILE")]
        unread: Vec<PathBuf>,
        /// The folder they are written to, as resemblance.tsv and second-reader.tsv; name them in the configuration to use them
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
    },
    /// Note how a received message should have been read: a labelled example, which changes no rule
    Correct {
        /// The message, as shown by patient show --json
        message: String,
        /// What it meant, for example {"intent":"progress_number","value":4}
        #[arg(long, value_name = "JSON")]
        meaning: String,
    },
    /// From the record: how often each reader was right, corrected, or sent to people
    Report,
}

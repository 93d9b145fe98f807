//! Names of an invented practice in a British town: each list is a community with first names and surnames of its own.

/// First names and surnames that go together.
pub(super) struct Community {
    /// Out of a hundred people, so many.
    pub share: u32,
    /// Language that some of them prefer, if it is not English.
    pub language: Option<&'static str>,
    pub women: &'static [&'static str],
    pub men: &'static [&'static str],
    pub families: &'static [&'static str],
}

/// The communities of the practice; shares add up to 100.
pub(super) const COMMUNITIES: [Community; 6] = [
    Community {
        share: 47,
        language: None,
        women: &[
            "Margaret",
            "Susan",
            "Janet",
            "Patricia",
            "Linda",
            "Karen",
            "Julie",
            "Tracey",
            "Claire",
            "Emma",
            "Rebecca",
            "Charlotte",
            "Olivia",
            "Jean",
            "Maureen",
            "Dorothy",
            "Hannah",
            "Gemma",
            "Kirsty",
            "Fiona",
        ],
        men: &[
            "David", "John", "Michael", "Paul", "Andrew", "Stephen", "Mark", "Alan", "Brian", "Kevin", "Gary", "Simon",
            "Darren", "James", "Thomas", "Jack", "Callum", "Ronald", "Derek", "Stuart",
        ],
        families: &[
            "Smith",
            "Taylor",
            "Brown",
            "Wilson",
            "Walker",
            "Wright",
            "Robinson",
            "Thompson",
            "White",
            "Hall",
            "Green",
            "Wood",
            "Clarke",
            "Baker",
            "Harrison",
            "Fletcher",
            "Atkinson",
            "Marsden",
            "Ogden",
            "Sutcliffe",
            "MacDonald",
            "Fraser",
            "O'Neill",
            "Smith-Barry",
        ],
    },
    Community {
        share: 14,
        language: Some("cy"),
        women: &["Rhian", "Sian", "Ceri", "Bethan", "Nia", "Gwen", "Eleri", "Megan", "Angharad", "Lowri"],
        men: &["Gareth", "Rhys", "Dylan", "Huw", "Ieuan", "Emyr", "Alun", "Geraint", "Owain", "Tomos"],
        families: &[
            "Jones",
            "Davies",
            "Williams",
            "Evans",
            "Morgan",
            "Hughes",
            "Griffiths",
            "Lloyd",
            "Pritchard",
            "ap Rhys",
        ],
    },
    Community {
        share: 11,
        language: Some("pl"),
        women: &["Anna", "Katarzyna", "Agnieszka", "Małgorzata", "Ewa", "Joanna", "Zofia", "Magdalena"],
        men: &["Piotr", "Krzysztof", "Andrzej", "Tomasz", "Paweł", "Marek", "Jan", "Łukasz"],
        families: &["Nowak", "Kowalska", "Wiśniewski", "Wójcik", "Kamińska", "Lewandowski", "Zieliński", "Szymańska"],
    },
    Community {
        share: 18,
        language: Some("ur"),
        women: &[
            "Fatima",
            "Ayesha",
            "Nasreen",
            "Shabana",
            "Priya",
            "Harpreet",
            "Rukhsana",
            "Meera",
            "Amina",
            "Jaswinder",
        ],
        men: &["Mohammed", "Imran", "Tariq", "Abdul", "Rajesh", "Gurpreet", "Yusuf", "Sanjay", "Bilal", "Kuldeep"],
        families: &[
            "Khan",
            "Hussain",
            "Begum",
            "Patel",
            "Singh",
            "Kaur",
            "Ahmed",
            "Akhtar",
            "Mahmood",
            "Sharma",
            "Ali",
            "Choudhury",
        ],
    },
    Community {
        share: 7,
        language: None,
        women: &["Blessing", "Grace", "Chioma", "Abena", "Marcia", "Sandra", "Folake"],
        men: &["Emmanuel", "Kwame", "Chidi", "Winston", "Leroy", "Tunde", "Samuel"],
        families: &["Okafor", "Mensah", "Adeyemi", "Campbell", "Boateng", "Francis", "Nwosu"],
    },
    Community {
        share: 3,
        language: None,
        women: &["Mei", "Ling", "Siobhan", "Maria", "Elena"],
        men: &["Wei", "Kenneth", "Declan", "Antonio", "Andrei"],
        families: &["Chan", "Wong", "Kelly", "Ferreira", "Popescu"],
    },
];

/// Who sees people at the practice.
pub(super) const CLINICIANS: [&str; 5] =
    ["Dr Amara Okafor", "Dr Helen Marsh", "Dr Sunil Rao", "Nurse Ceri Pritchard", "Nurse Paul Doyle"];

/// Who releases results in the demo.
pub(super) const RELEASES: &str = "Dr Helen Marsh";

/// The practice.
pub(super) const PRACTICE: &str = "Marsh Lane Surgery";

#[cfg(test)]
mod tests {
    use super::COMMUNITIES;

    #[test]
    fn the_shares_are_out_of_a_hundred() {
        assert_eq!(COMMUNITIES.iter().map(|c| c.share).sum::<u32>(), 100);
    }
}

//! The small words and numerals of languages written in Latin letters, and the names of languages.

/// What a language's small words look like in Latin letters.
pub(super) struct Sample {
    pub code: &'static str,
    /// Words no British reply uses.
    pub strong: &'static str,
    /// Words that are also English or names: two of them, or one beside a strong one, count.
    pub weak: &'static str,
    /// One to ten.
    pub numbers: [&'static str; 10],
}

pub(super) const SAMPLES: [Sample; 6] = [
    Sample {
        code: "cy",
        strong: "diolch dwi gwelwch ydw naddo ddim gymraeg cymraeg mae wythnos diwrnod dydd heddiw \
            bydda gallaf gaf eisiau isio wedi sori iawn peidiwch fy efo neges negeseuon rwy rwyn \
            oes nagoes cerdded pwysau methu bore yfory apwyntiad hoffwn siarad llun mawrth \
            mercher iau gwener sadwrn sul dim gen plis ydy gwnes oeddwn roedd nos wneud pob nawr \
            rwan gwaed mrest frest poen",
        weak: "do un yn na i os am ar o mwy y a yr",
        numbers: ["un", "dau", "tri", "pedwar", "pump", "chwech", "saith", "wyth", "naw", "deg"],
    },
    Sample {
        code: "pl",
        strong: "nie tak prosze dziekuje dzieki jest mam dni dzien dobry rozumiem polsku moge czy jak \
            mnie sie chcialabym chcialbym bardzo razy przepraszam rady przyjsc przyjde boli bol \
            wizyte wizyta jutro dzisiaj dzis tydzien tygodniu zero tylko smsow wysylac wiecej \
            chce byl byla cukier cisnienie waga rano wieczorem tabletki wszystkie codziennie ale \
            mial lekarz lekarza duszno oddychac zyc mowie angielsku angielski polski gdzie kiedy \
            mozna pomocy",
        weak: "no na do to w i o po ja za zero mam ale jak",
        numbers: ["jeden", "dwa", "trzy", "cztery", "piec", "szesc", "siedem", "osiem", "dziewiec", "dziesiec"],
    },
    Sample {
        code: "ur",
        strong: "hai hain mein mujhe mera meri mere nahi nahin shukriya kya aap haan subah aaj kal \
            dard roz bohat bahut karna raha rahi hoon hun theek thik kuch ke se ko ji beta salam \
            walaikum assalam dawai goli baje seene saans sirf abhi gaya gayi liye mat bhejo \
            samajh urdu zindagi jeena marna",
        weak: "ji se ke ko main me din do ho hun par na mat beta salam",
        numbers: ["ek", "do", "teen", "char", "panch", "chay", "saat", "aath", "nau", "das"],
    },
    Sample {
        code: "pa",
        strong: "tuhada menu mainu sat akal dhanvaad dhanvad bibi bebe chaida chahida hega haiga \
            kiddan tusi uthdi uthda gayi dig kha ohna sadi sada vich nu da di dian karda kardi ni \
            panjabi",
        weak: "da di nu ni sat dig kha",
        numbers: ["ikk", "do", "tinn", "char", "panj", "chhe", "satt", "atth", "nau", "das"],
    },
    Sample {
        code: "bn",
        strong: "ami amar bujhi bujhte nai achi aache bhalo dhonnobad apni apnar korte korchi parchi \
            parina bangla kemon koto shokale sokale aaj bar onek betha khub hocche ache daktar \
            ekhon ektu kharap diyechi khaisi lagbe bolun",
        weak: "bar nai na te ami ache tin char",
        numbers: ["ek", "dui", "tin", "char", "pach", "choy", "sat", "at", "noy", "dosh"],
    },
    Sample {
        code: "ro",
        strong: "nu inteleg multumesc buna sunt engleza vorbesc ziua zile programare dimineata maine \
            doctorul durere piept pentru romana scuze vreau pot",
        weak: "nu da la cu pot am",
        numbers: ["unu", "doua", "trei", "patru", "cinci", "sase", "sapte", "opt", "noua", "zece"],
    },
];

/// Languages people ask for by name.
pub(super) const NAMES: [(&str, &[&str]); 26] = [
    ("cy", &["welsh", "gymraeg", "cymraeg"]),
    ("pl", &["polish", "polsku", "polski"]),
    (
        "bn",
        &[
            "bengali",
            "bangla",
            "sylheti",
            "\u{9ac}\u{9be}\u{982}\u{9b2}\u{9be}",
            "\u{9ac}\u{9be}\u{982}\u{9b2}\u{9be}\u{9af}\u{9bc}",
        ],
    ),
    ("ur", &["urdu", "\u{627}\u{631}\u{62f}\u{648}"]),
    ("pa", &["punjabi", "panjabi", "\u{a2a}\u{a70}\u{a1c}\u{a3e}\u{a2c}\u{a40}"]),
    ("hi", &["hindi"]),
    ("ro", &["romanian", "romana"]),
    ("ar", &["arabic"]),
    ("so", &["somali"]),
    ("gu", &["gujarati"]),
    ("uk", &["ukrainian"]),
    ("fr", &["french"]),
    ("es", &["spanish"]),
    ("pt", &["portuguese"]),
    ("ta", &["tamil"]),
    ("zh", &["chinese", "mandarin", "cantonese"]),
    ("tr", &["turkish"]),
    ("fa", &["farsi", "persian", "dari"]),
    ("ps", &["pashto"]),
    ("lt", &["lithuanian"]),
    ("ru", &["russian"]),
    ("it", &["italian"]),
    ("ku", &["kurdish"]),
    ("ne", &["nepali"]),
    ("bg", &["bulgarian"]),
    ("hu", &["hungarian"]),
];

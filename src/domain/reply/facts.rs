//! What single words stand for in numbers and dates: number words, units, days, months, parts of the day.

use super::vocabulary::{Vocabulary, WordId};

/// A word that stands for a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NumberWord {
    /// One to nineteen.
    Small(u8),
    /// Twenty to ninety.
    Tens(u8),
    /// Hundred.
    Hundred,
    /// Thousand, and k.
    Thousand,
    /// None, nought, zero.
    Nought,
    /// Half.
    Half,
    /// Quarter.
    Quarter,
    /// Couple, pair, dozen: a number of their own after "a".
    Group(u8),
    /// Once, twice, thrice.
    Fold(u8),
    /// Point.
    Point,
}

/// What is counted or measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Unit {
    #[default]
    None,
    Day,
    Week,
    Month,
    Year,
    Hour,
    Minute,
    Time,
    Distance,
    Step,
    Kg,
    Stone,
    Pound,
    Mmol,
    PerMol,
    MgDl,
    Percent,
    Celsius,
    Fahrenheit,
    Degree,
    LitresMinute,
    MmHg,
    Portion,
    Cigarette,
    Alcohol,
    Money,
    Drink,
    Person,
    Item,
}

/// A part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum DayPart {
    Morning,
    Afternoon,
    Evening,
}

/// What one word stands for.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Fact {
    /// As a number.
    pub number: Option<NumberWord>,
    /// As a unit.
    pub unit: Unit,
    /// Day of the week, Monday is 1.
    pub weekday: u8,
    /// Month, January is 1.
    pub month: u8,
    /// Part of the day.
    pub part: Option<DayPart>,
    /// A homophone or slip: read it, but let a person check.
    pub doubtful: bool,
}

/// The facts of all words.
#[derive(Debug, Clone, Default)]
pub struct Facts(Vec<Fact>);

impl Facts {
    /// Adds the words of numbers, units and dates to a vocabulary.
    pub fn new(vocabulary: &mut Vocabulary) -> Self {
        let mut facts = Self::default();
        facts.numbers(vocabulary);
        facts.units(vocabulary);
        facts.dates(vocabulary);
        facts
    }

    /// What is known of a word.
    pub fn of(&self, word: WordId) -> Fact {
        self.0.get(word as usize).copied().unwrap_or_default()
    }

    fn set(&mut self, vocabulary: &mut Vocabulary, words: &str, with: impl Fn(&mut Fact)) {
        let mut first = None;
        for word in words.split_whitespace() {
            let id = match first {
                None => vocabulary.add(word),
                Some(id) => {
                    vocabulary.alias(word, id);
                    vocabulary.exact(word)
                }
            };
            first = first.or(Some(id));
            if self.0.len() <= id as usize {
                self.0.resize(id as usize + 1, Fact::default());
            }
            if let Some(fact) = self.0.get_mut(id as usize) {
                with(fact);
            }
        }
    }

    fn numbers(&mut self, v: &mut Vocabulary) {
        // A name, then other ways of writing it.
        const SMALL: [&str; 19] = [
            "one wun yin wan",
            "two tow twa",
            "three thre",
            "four fuor foru fou",
            "five fiv",
            "six",
            "seven sevn",
            "eight eigth",
            "nine",
            "ten",
            "eleven",
            "twelve twelth",
            "thirteen",
            "fourteen forteen",
            "fifteen fiveteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen ninteen",
        ];
        const TENS: [&str; 8] =
            ["twenty", "thirty thirtey", "forty fourty", "fifty", "sixty", "seventy", "eighty eightey", "ninety ninty"];
        for (i, words) in SMALL.iter().enumerate() {
            self.set(v, words, |f| {
                f.number = Some(NumberWord::Small(i as u8 + 1));
            });
        }
        for (i, words) in TENS.iter().enumerate() {
            self.set(v, words, |f| {
                f.number = Some(NumberWord::Tens((i as u8 + 2) * 10));
            });
        }
        self.set(v, "hundred hundered hundread", |f| {
            f.number = Some(NumberWord::Hundred);
        });
        self.set(v, "thousand thousands k", |f| {
            f.number = Some(NumberWord::Thousand);
        });
        self.set(v, "nought naught nowt zero zilch nada nil zip nane", |f| {
            f.number = Some(NumberWord::Nought);
        });
        self.set(v, "none", |f| f.number = Some(NumberWord::Nought));
        self.set(v, "half", |f| f.number = Some(NumberWord::Half));
        self.set(v, "quarter", |f| f.number = Some(NumberWord::Quarter));
        self.set(v, "couple cuple", |f| f.number = Some(NumberWord::Group(2)));
        self.set(v, "pair", |f| f.number = Some(NumberWord::Group(2)));
        self.set(v, "dozen", |f| f.number = Some(NumberWord::Group(12)));
        self.set(v, "once", |f| f.number = Some(NumberWord::Fold(1)));
        self.set(v, "twice", |f| f.number = Some(NumberWord::Fold(2)));
        self.set(v, "thrice", |f| f.number = Some(NumberWord::Fold(3)));
        self.set(v, "point", |f| f.number = Some(NumberWord::Point));
        self.set(v, "fore", |f| {
            f.number = Some(NumberWord::Small(4));
            f.doubtful = true;
        });
    }

    fn units(&mut self, v: &mut Vocabulary) {
        for (unit, words) in [
            (Unit::Day, "day days dys dayz"),
            (Unit::Week, "week weeks wk wks fortnight fortnights"),
            (Unit::Month, "month months mths mnths"),
            (Unit::Year, "year years yr yrs"),
            (Unit::Hour, "hour hours hr hrs"),
            (Unit::Minute, "minute minutes min mins seconds secs"),
            (Unit::Time, "times time tms"),
            (Unit::Distance, "mile miles km kms metres meters yards lengths laps flights kilometres kilometers"),
            (Unit::Step, "steps step"),
            (Unit::Kg, "kg kgs kilo kilos kilogram kilograms kgms"),
            (Unit::Stone, "stone stones ston"),
            (Unit::Pound, "lb lbs pounds pound"),
            (Unit::Mmol, "mmol mmols mmoll"),
            (Unit::MgDl, "mgdl"),
            (Unit::Percent, "% percent pct"),
            (Unit::Celsius, "celsius celcius centigrade c"),
            (Unit::Fahrenheit, "fahrenheit farenheit f"),
            (Unit::Degree, "degrees degree deg \u{B0}"),
            (Unit::LitresMinute, "lpm litres litre lmin"),
            (Unit::MmHg, "mmhg"),
            (Unit::Portion, "portions portion fruit veg vegetables vegetable piece pieces servings"),
            (Unit::Cigarette, "cigarettes cigarette cigs cig ciggies ciggie fags fag smokes roll-ups rollies"),
            (Unit::Alcohol, "units unit"),
            (Unit::Money, "\u{A3} quid pence \u{20AC} p"),
            (Unit::Drink, "bottles bottle pints pint glasses glass cans can packs pack packets cups cup"),
            (Unit::Person, "kids grandkids grandchildren children people friends lads girls jobs dogs"),
            (Unit::Item, "puffs puff lifts reps goes meals pills tablets eggs biscuits"),
        ] {
            self.set(v, words.split(' ').next().unwrap_or_default(), |f| {
                f.unit = unit;
            });
            // Each form stays a word of its own: "day" and "days" are not the same in a phrase.
            for word in words.split(' ') {
                self.set(v, word, |f| f.unit = unit);
            }
        }
    }

    fn dates(&mut self, v: &mut Vocabulary) {
        const DAYS: [&str; 7] = [
            "monday mon mondays",
            "tuesday tue tues tuesdays tuseday",
            "wednesday wed weds wednesdays wensday wednsday",
            "thursday thu thur thurs thursdays thrusday",
            "friday fri fridays",
            "saturday sat saturdays",
            "sunday sun sundays",
        ];
        const MONTHS: [&str; 12] = [
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ];
        for (i, words) in DAYS.iter().enumerate() {
            self.set(v, words, |f| f.weekday = i as u8 + 1);
        }
        for (i, words) in MONTHS.iter().enumerate() {
            self.set(v, words, |f| f.month = i as u8 + 1);
        }
        self.set(v, "am", |f| f.part = Some(DayPart::Morning));
        self.set(v, "pm", |f| f.part = Some(DayPart::Afternoon));
        self.set(v, "morning mornin morn mornings forenoon", |f| {
            f.part = Some(DayPart::Morning);
        });
        self.set(v, "afternoon arvo afternoons aft", |f| {
            f.part = Some(DayPart::Afternoon);
        });
        self.set(v, "evening eve evenings eves teatime", |f| {
            f.part = Some(DayPart::Evening);
        });
        self.set(v, "night nite nights", |f| f.part = Some(DayPart::Evening));
    }
}

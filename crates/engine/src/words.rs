//! English for databases: lemmas, stems, synonyms, abbreviations, small numbers, stop words.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

/// Lines of words that may stand for one another.
static SYNONYMS: &str = include_str!("../data/synonyms.txt");
/// `abbreviation words it stands for`.
static ABBREVIATIONS: &str = include_str!("../data/abbreviations.txt");
static IRREGULAR: &str = "people person|persons person|children child|men man|women woman|feet foot|mice mouse|\
teeth tooth|geese goose|indices index|matrices matrix|vertices vertex|criteria criterion|phenomena phenomenon|\
analyses analysis|crises crisis|theses thesis|bases base|diagnoses diagnosis|buses bus|statuses status|viruses virus|\
campuses campus|bonuses bonus|lenses lens|gases gas|lives life|wives wife|knives knife|leaves leaf|shelves shelf|\
halves half|wolves wolf|movies movie|cookies cookie|series series|species species|news news|data data|media media|\
is is|was was|has has|does does|this this|its its|us us|his his|plus plus|less less|yes yes|address address|\
heroes hero|potatoes potato|tomatoes tomato|shoes shoe|ties tie|pies pie|lies lie|dies die|calories calorie|\
always always|aged age|sometimes sometimes|besides besides|aliases alias|atlases atlas|canvases canvas|physics physics|\
mathematics mathematics|economics economics|sales sale|savings saving|taxes tax|axes axis|quizzes quiz|\
bought buy|sold sell|paid pay|made make|held hold|taught teach|wrote write|written write|won win|gave give|given give|\
took take|taken take|spent spend|sent send|built build|led lead|ran run|went go|got get|left leave|lost lose|met meet|\
born born|worn wear|flew fly|flown fly|drove drive|driven drive|sang sing|sung sing|chose choose|chosen choose|\
began begin|begun begin|bred breed|fed feed|grew grow|grown grow|knew know|known know|saw see|seen see|came come";

static LEMMAS: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| IRREGULAR.split('|').filter_map(|p| p.split_once(' ')).collect());

/// Word (lemma) → groups it is in.
static GROUPS: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut map: HashMap<&str, Vec<&str>> = HashMap::new();
    for line in SYNONYMS.lines().filter(|l| !l.starts_with('#')) {
        let group: Vec<&str> = line.split_whitespace().collect();
        for word in &group {
            let others = group.iter().copied().filter(|w| w != word);
            map.entry(word).or_default().extend(others);
        }
    }
    map
});

static SHORT: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    ABBREVIATIONS
        .lines()
        .filter(|l| !l.starts_with('#'))
        .filter_map(|l| {
            let mut parts = l.split_whitespace();
            Some((parts.next()?, parts.collect()))
        })
        .collect()
});

static STOP: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    "a an the of in on at to for from by with and or is are was were be been being do does did has have had \
     that which who whom whose what where when how me my our your their his her its it they them there all any \
     some this these those as also please can could would will we you i us if then than please just only out up \
     along together well do about into onto over under between both either each every per not no so many much such \
     am list show find give tell return display get provide report name's along"
        .split_whitespace()
        .collect()
});

/// Words that identifiers are often glued from, besides the catalogue's own.
static GLUE: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    "name id code date time type first last middle number no num of by in amount price cost total count address email \
     phone city state country zip postal year month day start end begin from to birth hire order item line product \
     customer acct employee student course class school team player game match season title description status rank rate \
     level group user account card bank branch store shop company department manager member club book author movie film \
     song album artist track genre flight airport airline station train car model maker color size weight height age sex \
     gender salary score point points grade credit room building floor street location region area population language \
     capital head leader home away max min avg mean average per percent unit stock quantity is has key ref value text \
     note notes detail details short long full area speed distance power position loser winner votes vote work job skill"
        .split_whitespace()
        .collect()
});

/// The dictionary form: `countries` → `country`, `sold` → `sell`. Input is lower case.
pub(crate) fn lemma(word: &str) -> String {
    if let Some(known) = LEMMAS.get(word) {
        return (*known).into();
    }
    let cut = |n: usize| word[..word.len() - n].to_owned();
    if !word.is_ascii() || word.len() < 4 {
        return word.into();
    }
    if word.ends_with("ies") && word.len() > 4 {
        return cut(3) + "y";
    }
    if ["sses", "ches", "shes", "xes", "zzes"].iter().any(|e| word.ends_with(e)) {
        return cut(2);
    }
    if word.ends_with('s') && !["ss", "us", "is"].iter().any(|e| word.ends_with(e)) {
        return cut(1);
    }
    word.into()
}

/// A crude stem that joins `enroll`, `enrolled`, `enrollment`.
pub(crate) fn stem(word: &str) -> &str {
    const SUFFIXES: [&str; 33] = [
        "izations", "ization", "isation", "ations", "ation", "ments", "ment", "ances", "ance",
        "ences", "ence", "ships", "ship", "ities", "ity", "ings", "ing", "ions", "ion", "ists",
        "ist", "ants", "ant", "ers", "ors", "er", "or", "ed", "ly", "al", "es", "e", "y",
    ];
    if !word.is_ascii() {
        return word;
    }
    for suffix in SUFFIXES {
        if let Some(rest) = word.strip_suffix(suffix)
            && rest.len() >= 3
            && (rest.len() >= 4 || suffix.len() <= 3 || suffix.starts_with("ment"))
        {
            let b = rest.as_bytes();
            let n = rest.len();
            if let Some(shorter) = rest.strip_suffix('e').filter(|s| s.len() >= 3) {
                return shorter;
            }
            // planned → plann → plan
            if n > 3 && b[n - 1] == b[n - 2] && !matches!(b[n - 1], b'l' | b's') {
                return &rest[..n - 1];
            }
            return rest;
        }
    }
    word
}

/// Words that may stand for `word` (a lemma), without itself.
pub(crate) fn synonyms(word: &str) -> &'static [&'static str] {
    GROUPS.get(word).map_or(&[], Vec::as_slice)
}

/// `word synonym …`, from WordNet; made by `data/wordnet.py`.
static WORDNET: &str = include_str!("../data/wordnet.txt");

static WIDER: LazyLock<HashMap<&'static str, &'static str>> =
    LazyLock::new(|| WORDNET.lines().filter_map(|l| l.split_once(' ')).collect());

/// Words of general English near to `word`: weaker evidence than `synonyms`.
pub(crate) fn wider(word: &str) -> impl Iterator<Item = &'static str> {
    WIDER.get(word).copied().unwrap_or_default().split_whitespace()
}

/// What an abbreviation in an identifier stands for, as words.
pub(crate) fn expand(word: &str) -> Option<&'static [&'static str]> {
    SHORT.get(word).map(Vec::as_slice)
}

pub(crate) fn is_stop(word: &str) -> bool {
    STOP.contains(word)
}

pub(crate) fn is_glue(word: &str) -> bool {
    GLUE.contains(word)
}

pub(crate) fn scale(word: &str) -> Option<f64> {
    Some(match word {
        "hundred" => 100.0,
        "thousand" => 1e3,
        "million" | "millions" => 1e6,
        "billion" | "billions" => 1e9,
        _ => return None,
    })
}

pub(crate) fn small_number(word: &str) -> Option<f64> {
    const WORDS: [&str; 13] = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    WORDS.iter().zip(0u32..).find(|(w, _)| **w == word).map(|(_, n)| f64::from(n)).or(match word {
        "once" => Some(1.0),
        "twice" => Some(2.0),
        "thrice" => Some(3.0),
        "fifteen" => Some(15.0),
        "twenty" => Some(20.0),
        "thirty" => Some(30.0),
        "fifty" => Some(50.0),
        "hundred" => Some(100.0),
        _ => None,
    })
}

/// `OrderDate`, `order_date`, `orderDate2` → `order`, `date`, `2`. Lower case.
pub(crate) fn split_identifier(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut out: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut flush = |word: &mut String| {
        if !word.is_empty() {
            out.push(std::mem::take(word).to_lowercase());
        }
    };
    for (i, &c) in chars.iter().enumerate() {
        if !c.is_alphanumeric() {
            flush(&mut word);
            continue;
        }
        let before = i.checked_sub(1).map(|j| chars[j]);
        let next = chars.get(i + 1);
        let hump = c.is_uppercase()
            && before.is_some_and(|b| {
                b.is_lowercase() || b.is_uppercase() && next.is_some_and(|n| n.is_lowercase())
            });
        let digits =
            before.is_some_and(|b| b.is_alphanumeric() && b.is_ascii_digit() != c.is_ascii_digit());
        if hump || digits {
            flush(&mut word);
        }
        word.push(c);
    }
    flush(&mut word);
    out
}

#[cfg(test)]
mod tests {
    use super::{lemma, split_identifier, stem};

    #[test]
    fn finds_lemmas() {
        for (word, expect) in [
            ("countries", "country"),
            ("classes", "class"),
            ("courses", "course"),
            ("people", "person"),
            ("status", "status"),
            ("addresses", "address"),
            ("bus", "bus"),
            ("orders", "order"),
            ("boxes", "box"),
        ] {
            assert_eq!(lemma(word), expect);
        }
    }

    #[test]
    fn finds_stems() {
        for (a, b) in [
            ("enrolled", "enrollment"),
            ("payment", "paying"),
            ("planned", "plan"),
            ("manager", "manage"),
        ] {
            assert_eq!(stem(a), stem(b), "{a} {b}");
        }
    }

    #[test]
    fn splits_identifiers() {
        for (name, expect) in [
            ("OrderDate", vec!["order", "date"]),
            ("order_date", vec!["order", "date"]),
            ("HTTPCode", vec!["http", "code"]),
            ("address2", vec!["address", "2"]),
            ("", vec![]),
        ] {
            assert_eq!(split_identifier(name), expect);
        }
    }
}

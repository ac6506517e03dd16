//! The words of a question that are grammar: what is asked for, compared, grouped, ordered, negated.

use crate::text::Token;
use std::{collections::HashMap, sync::LazyLock};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Agg {
    Count,
    Sum,
    Avg,
    Min,
    Max,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

impl Op {
    pub fn negated(self) -> Self {
        match self {
            Self::Eq => Self::Ne,
            Self::Ne => Self::Eq,
            Self::Gt => Self::Le,
            Self::Ge => Self::Lt,
            Self::Lt => Self::Ge,
            Self::Le => Self::Gt,
        }
    }

    pub fn flipped(self) -> Self {
        match self {
            Self::Gt => Self::Lt,
            Self::Ge => Self::Le,
            Self::Lt => Self::Gt,
            Self::Le => Self::Ge,
            other => other,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cue {
    /// `show`, `what is`: what follows is wanted.
    Select,
    Who,
    Where,
    HowMany,
    /// `number of times`: rows are counted.
    Times,
    /// `number of`: a count, or a column that holds one.
    NumberOf,
    Agg(Agg),
    Distinct,
    Each,
    By,
    OrderBy,
    Asc,
    Desc,
    Cmp(Op),
    /// `older than`: the attribute is in the word; see `hint_words`.
    CmpHint(Op, &'static str),
    /// `or more`, after the number.
    OrMore,
    OrLess,
    Between,
    Not,
    Without,
    /// `except`, `but not`: what the condition gives is taken away.
    Except,
    And,
    Or,
    Both,
    Either,
    But,
    Rel,
    Whose,
    With,
    /// `of`, `in`, `for` …
    Prep,
    /// `when`: a date is asked for.
    When,
    /// Most or least rows, or of a measure: `most`, `fewest`.
    Most(bool),
    /// The row with the highest or lowest value: `highest`, `smallest`.
    Super(bool),
    /// `oldest`: the attribute is in the word.
    SuperHint(bool, &'static str),
    /// `most common`, `least popular`.
    MostCommon(bool),
    Top,
    Bottom,
    /// `percentage of`: a part of the whole.
    Share,
    /// `order the cities by …`, as a verb.
    Sort,
    Contains,
    StartsWith,
    EndsWith,
    Be,
    Everything,
    Named,
    /// `out of stock`, `in stock`: what is left is nothing, or something.
    Stock(Op),
    /// `low stock`: no more is left than should be.
    LowStock,
    Same,
    Ignore,
}

/// What `older`, `cheapest` … speak about: words of columns, best first.
pub(crate) fn hint_words(hint: &str) -> &'static [&'static str] {
    match hint {
        "age" => &[
            "age",
            "date birth",
            "birth date",
            "birthday",
            "birth year",
            "year",
            "founded",
            "date",
        ],
        "time" => &["date", "time", "year", "day", "created", "start date"],
        "length" => &["length", "duration", "distance", "time", "day", "height"],
        "height" => &["height", "elevation"],
        "weight" => &["weight"],
        "price" => &["price", "cost", "amount", "fee", "charge"],
        "size" => &["size", "area", "population", "capacity", "square"],
        "speed" => &["speed", "time", "horsepower", "accelerate"],
        "quality" | "rated" => &["rating", "score", "rank", "grade", "star", "point"],
        "money" => &["salary", "income", "amount", "price", "cost"],
        "extent" => &[
            "size",
            "height",
            "area",
            "population",
            "capacity",
            "length",
            "amount",
            "price",
            "number",
            "score",
            "point",
            "rank",
            "rating",
            "salary",
            "value",
        ],
        "sum" => &["total amount", "total", "amount", "total price", "price"],
        "sold" => &["unit sold", "copy sold", "quantity sold", "sold", "quantity", "unit", "sale"],
        "rich" => &["net worth", "income", "salary", "money", "asset", "market value"],
        _ => &[],
    }
}

/// A smaller date means more of the hint: the older, the earlier the date of birth.
pub(crate) fn flips_on_dates(hint: &str) -> bool {
    hint == "age"
}

/// First word → phrases that start with it, the longest first.
type Phrases = HashMap<&'static str, Vec<(Vec<&'static str>, Cue)>>;

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let mut map = Phrases::new();
    for (text, cue) in TABLE {
        for phrase in text.split('|') {
            let words: Vec<&str> = phrase.split(' ').collect();
            map.entry(words[0]).or_default().push((words, *cue));
        }
    }
    for list in map.values_mut() {
        list.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
    }
    map
});

/// The longest cue at `at`, and its length in tokens.
pub(crate) fn cue_at(tokens: &[Token], at: usize) -> Option<(usize, Cue)> {
    let word = tokens[at].lower.as_str();
    if tokens[at].is_literal() {
        return None;
    }
    PHRASES.get(word)?.iter().find_map(|(words, cue)| {
        let rest = tokens.get(at..at + words.len())?;
        let fits = words.iter().zip(rest).all(|(w, t)| t.lower == *w && !t.is_literal());
        fits.then_some((words.len(), *cue))
    })
}

use Cue as C;
#[rustfmt::skip]
static TABLE: &[(&str, Cue)] = &[
    ("compare|show|list|find|give|give me|show me|list out|return|display|tell me|tell|report|provide|get|find out|what is|what are|what was|what were|what|which|which are|which is|can you tell me|i want|i want to know|select|retrieve|enumerate|name all|what 's|compute|calculate|determine|identify|list down", C::Select),
    ("who|who are|who is|whom", C::Who),
    ("where|in which", C::Where),
    ("how many|count|count the number of|how many total|what is the count of|how much", C::HowMany),
    ("number of|the number of|total number of|the total number of|count of|the count of|number|total count of|counts of|numbers of|amount of times|quantity of", C::NumberOf),
    ("number of times|the number of times|amount of times|how many times|how often", C::Times),
    ("average|mean|avg|on average|the average|averaged", C::Agg(Agg::Avg)),
    ("total|sum|sum of|the sum of|combined|overall|in total|summed|total sum of|aggregate", C::Agg(Agg::Sum)),
    ("maximum|max|maximal|the maximum|the max", C::Agg(Agg::Max)),
    ("minimum|min|minimal|the minimum|the min", C::Agg(Agg::Min)),
    ("share of|the share of|percentage of|the percentage of|what percentage of|what is the percentage of|percent of|what percent of|proportion of|the proportion of|what proportion of|what share of|fraction of|the fraction of|what fraction of", C::Share),
    ("distinct|different|unique|various|distinctive|non repeating", C::Distinct),
    ("each|every|per|for each|for every|by each|in each|of each|at each|on each|for each of|each of|for every single|grouped by|group by|broken down by|split by|for different|across different|for the different|by different|by the different|of different|for all different|for each different|for each distinct|from each|with each|in every|for all the different|each different|each distinct|corresponding to each|by every|to each", C::Each),
    ("by", C::By),
    ("ordered by|by order of|in order by|order by|sorted by|sort by|ranked by|arranged by|listed by|in order of|in the order of|sort them by|order them by|sort the results by|order the results by|sort the result by|order the result by|sort results by|order results by|sort the list by|order the list by|sort the names by|arrange by|ordering by|sorting by|sorted according to|according to|sort|sorted|order them|sort them|sort the result|sort the results|in order|ordered according to|sorted from|ordered from", C::OrderBy),
    ("from least to greatest|from smallest to biggest|from fewest to most|from a to z|from cheapest to most expensive|from bottom to top|ascending|ascending order|in ascending order|in alphabetical order|alphabetical order|alphabetically|in alphabetic order|alphabetic order|alphabetical|increasing|increasing order|in increasing order|in lexicographical order|lexicographical order|lexicographic order|in lexicographic order|in ascending alphabetical order|ascending alphabetical order|from low to high|low to high|from youngest to oldest|from earliest to latest|from lowest to highest|from smallest to largest|from least to most|from old to new|earliest to latest|lowest to highest|from shortest to longest|from oldest to newest|oldest first|ascendingly|in an ascending order|an ascending order|in asc order|asc|chronological order|in chronological order|chronologically|in an alphabetical order|in ascending order of|in alphabetical order of|in increasing order of|in lexicographical order of|in ascending order by|in alphabetical order by|in ascending alphabetical order of|in the alphabetical order of|in the ascending order of|from the lowest to the highest|from the earliest to the latest|from the shortest to the longest|from the youngest to the oldest|from the smallest to the largest", C::Asc),
    ("from greatest to least|from greatest to smallest|from biggest to smallest|from most to fewest|from z to a|greatest to least|from top to bottom|from expensive to cheap|from most expensive to cheapest|descending|descending order|in descending order|decreasing|decreasing order|in decreasing order|from high to low|high to low|from oldest to youngest|from latest to earliest|from highest to lowest|from largest to smallest|from most to least|from new to old|highest to lowest|most recent first|newest first|highest first|largest first|reverse alphabetical order|in reverse alphabetical order|reversed alphabetical order|in reversed alphabetical order|reverse order|in reverse order|reverse lexicographical order|in reverse lexicographical order|descendingly|in a descending order|a descending order|descending alphabetical order|in descending alphabetical order|in desc order|desc|from longest to shortest|from newest to oldest|from most recent to oldest|in descending order of|in decreasing order of|in descending order by|in descending alphabetical order of|in the descending order of|in reverse alphabetical order of|from the highest to the lowest|from the latest to the earliest|from the oldest to the youngest|from the most recent to the oldest|from the largest to the smallest|biggest first|latest first|in descending order of the", C::Desc),
    ("more than|greater than|larger than|higher than|above|over|bigger than|exceeds|exceed|exceeding|exceeded|is more than|beyond|surpassing|in excess of|better than|greater|larger|higher|stronger than|more|is greater than|are more than|strictly greater than|strictly more than|worth more than|bigger", C::Cmp(Op::Gt)),
    ("at least|no less than|not less than|no fewer than|minimum of|a minimum of|greater than or equal to|more than or equal to|not fewer than|as many as|no smaller than|or at least|reached|reach|reaches|no lower than|>=|from at least", C::Cmp(Op::Ge)),
    ("less than|fewer than|lower than|smaller than|below|under|is less than|are less than|beneath|worse than|smaller|lower|strictly less than|fewer", C::Cmp(Op::Lt)),
    ("at most|no more than|not more than|maximum of|a maximum of|less than or equal to|up to|no greater than|no higher than|<=|not exceeding", C::Cmp(Op::Le)),
    ("equal to|equals|exactly|equal|is equal to|matching|=|only", C::Cmp(Op::Eq)),
    ("not equal to|different from|is not equal to|does not equal|do not equal|differs from|differ from|!=|different than", C::Cmp(Op::Ne)),
    ("earn more than|earns more than|earning more than|earned more than|paid more than|make more than|makes more than|making more than|earn over|earns over|earning over", C::CmpHint(Op::Gt, "money")),
    ("spent more than|spend more than|spending more than|spent over|spend over|who spent over", C::CmpHint(Op::Gt, "revenue")),
    ("spent less than|spend less than|spending less than|spent under", C::CmpHint(Op::Lt, "revenue")),
    ("spent at least|spend at least", C::CmpHint(Op::Ge, "revenue")),
    ("earn less than|earns less than|earning less than|earned less than|paid less than|make less than|makes less than|making less than|earn under|earns under", C::CmpHint(Op::Lt, "money")),
    ("older than|older|elder than|elder", C::CmpHint(Op::Gt, "age")),
    ("younger than|younger", C::CmpHint(Op::Lt, "age")),
    ("after|later than|more recent than|more recently than|newer than|starting from|since|later|posterior to", C::CmpHint(Op::Gt, "time")),
    ("before|earlier than|prior to|earlier|until", C::CmpHint(Op::Lt, "time")),
    ("longer than|longer", C::CmpHint(Op::Gt, "length")),
    ("shorter than|shorter", C::CmpHint(Op::Lt, "length")),
    ("taller than|taller", C::CmpHint(Op::Gt, "height")),
    ("heavier than|heavier", C::CmpHint(Op::Gt, "weight")),
    ("lighter than|lighter", C::CmpHint(Op::Lt, "weight")),
    ("cheaper than|cheaper|less expensive than", C::CmpHint(Op::Lt, "price")),
    ("more expensive than|pricier than|costlier than|more costly than", C::CmpHint(Op::Gt, "price")),
    ("faster than|faster", C::CmpHint(Op::Gt, "speed")),
    ("slower than|slower", C::CmpHint(Op::Lt, "speed")),
    ("or more|or above|or higher|or greater|or over|and above|or later|or older|or larger|and over|or better|and more|or longer|and up", C::OrMore),
    ("or less|or fewer|or below|or lower|or under|and below|or smaller|or earlier|or younger|and under|or shorter", C::OrLess),
    ("between|ranging from|ranges from|in the range of|in the range from|in the range between|within the range of|in the range", C::Between),
    ("not|cannot|neither|nor|outside|no longer|other than|not including|not in|rather than|instead of|is not|are not|was not|were not|and not", C::Not),
    ("never|excluding|except|except for|but not|apart from|aside from|besides|but do not|but does not|but did not|but are not|but is not|except those|except for those|but no|but were not|but was not|but never", C::Except),
    ("without|no|without any|not any|lacking|lack|do not have|does not have|did not have|have no|has no|had no|have not|has not|had not|do not|does not|did not|with no|don 't|have never|has never|had never|have not had|do not have any|does not have any|did not have any|have no any|have not any|never had|never have|without a", C::Without),
    ("and|vs|versus|compared to|compared with|as well as|along with|together with|and also|plus|&|and then|then|also|while|whereas|and their|and its|and the corresponding", C::And),
    ("or|or else|and or", C::Or),
    ("when|when was|when were|when did|when is|on what date|on what dates|on which date|on which dates|on what day|on which day|what day|what time", C::When),
    ("both", C::Both),
    ("either", C::Either),
    ("but|however|yet|but also|although|though", C::But),
    ("that|who have|who has|that have|that has|that are|that is|who are in|which have|which has|that had|who had|having|has|have|had|that were|that was|that do|which are|containing at least|are|were|did|does|do|being|there are|are there|is there|there is|there were", C::Rel),
    ("whose|with whose|for which the|for whose|in whose|where the", C::Whose),
    ("with|with a|with the|with an", C::With),
    ("of|in|for|from|at|on|to|during|among|within|of all|for all|in all|into|under the|through|for the|of the|from the|towards|against|between the|via|as|amongst|throughout|across|across all|inside|near|about|regarding|belonging to|out of|onto|of those|for those|per the|of any|for any|from all", C::Prep),
    ("most|the most|most of|the largest number of|largest number of|the greatest number of|greatest number of|the highest number of|highest number of|the most number of|most number of|the biggest number of|the largest amount of|largest amount of|the greatest amount of|the most amount of|biggest number of|the highest amount of|greatest amount of|highest count of|the largest total number of|the highest total number of|the largest count of|the greatest total number of|the largest quantity of|the most times|more often than any other|the highest count of|most frequently|most often|most times|the most frequently|the most often|the largest numbers of|largest numbers of|greatest numbers of|the greatest numbers of|the top number of", C::Most(true)),
    ("least|fewest|the least|the fewest|the smallest number of|smallest number of|the lowest number of|lowest number of|the least number of|least number of|the fewest number of|fewest number of|the smallest amount of|smallest amount of|the lowest amount of|the least amount of|lowest count of|least frequently|least often|the least frequently|least amount of|the least times", C::Most(false)),
    ("highest|largest|biggest|greatest|the highest|the largest|the biggest|the greatest|maximum value of|peak|most amount|top most|strongest|highest amount of|largest total|highest total|widest|deepest|furthest|farthest|hottest", C::Super(true)),
    ("lowest|smallest|the lowest|the smallest|minimum value of|weakest|narrowest|coldest|nearest|closest", C::Super(false)),
    ("oldest|eldest|the oldest|most senior", C::SuperHint(true, "age")),
    ("youngest|the youngest", C::SuperHint(false, "age")),
    ("earliest|the earliest|first ever|least recent|least recently", C::SuperHint(false, "time")),
    ("latest|most recent|newest|the latest|the most recent|most recently|the newest|the most recently", C::SuperHint(true, "time")),
    ("longest|the longest", C::SuperHint(true, "length")),
    ("shortest|the shortest", C::SuperHint(false, "length")),
    ("tallest|the tallest", C::SuperHint(true, "height")),
    ("heaviest|the heaviest", C::SuperHint(true, "weight")),
    ("lightest|the lightest", C::SuperHint(false, "weight")),
    ("cheapest|the cheapest|least expensive|the least expensive", C::SuperHint(false, "price")),
    ("most expensive|the most expensive|priciest|costliest|most costly", C::SuperHint(true, "price")),
    ("fastest|the fastest", C::SuperHint(true, "speed")),
    ("slowest|the slowest", C::SuperHint(false, "speed")),
    ("best|the best", C::SuperHint(true, "quality")),
    ("best rated|highest rated|top rated", C::SuperHint(true, "rated")),
    ("worst rated|lowest rated", C::SuperHint(false, "rated")),
    ("worst|the worst", C::SuperHint(false, "quality")),
    ("richest|the richest", C::SuperHint(true, "rich")),
    ("best paid|highest paid", C::SuperHint(true, "money")),
    ("most common|the most common|most popular|the most popular|most frequent|the most frequent|most frequently used|most commonly used|most used|the most frequently used|the most commonly used|most prevalent|the most prevalent|most commonly|the most commonly|most widely used|most occurring|most numerous|most famous", C::MostCommon(true)),
    ("least common|the least common|least popular|the least popular|least frequent|the least frequent|rarest|least used|least commonly used|least frequently used", C::MostCommon(false)),
    ("best selling|the best selling|top selling|the top selling|bestselling|most sold|the most sold|best sold", C::SuperHint(true, "sold")),
    ("worst selling|the worst selling|least sold|the least sold", C::SuperHint(false, "sold")),
    ("top|the top", C::Top),
    ("bottom|the bottom", C::Bottom),
    ("containing|contains|contain|containing the word|contains the word|contain the word|includes the word|include the word|including the word|containing the string|contains the string|contain the string|containing the substring|contains the substring|contain the substring|with the substring|has the substring|have the substring|include the string|includes the string|includes the substring|include the substring|with the word|has the word|have the word|includes|include|including|contained|containing the phrase|contains the phrase|contain the phrase|contains the letter|contain the letter|containing the letter|with the letter|has a substring|have a substring|contain the text|including the string|including the substring|like|with the letters|that include|that includes|the word|the string|the substring|the letter|substring|containing the letters|contains the letters|contain the letters|has the letter", C::Contains),
    ("starting with|starts with|start with|begin with|begins with|beginning with|starting with the letter|starts with the letter|start with the letter|begin with the letter|begins with the letter|that start with|started with|prefixed with|with prefix|has prefix|with the prefix|has the prefix|with a prefix|started from|starts from|start with letter|starts with letter|starting with letter", C::StartsWith),
    ("ending with|ends with|end with|ending in|ends in|end in|ending with the letter|ends with the letter|end with the letter|with the suffix|has the suffix|finishing with", C::EndsWith),
    ("is|be|been|was|'s", C::Be),
    ("all information|all the information|all details|all the details|everything|all columns|all the info|all info|all of the information|full details|full information|complete information|entire information|all the columns|all fields|all attributes|information about all|all data|all the data", C::Everything),
    ("named|called|titled|entitled|with the name|with name|with the title|has the name|have the name|whose name is|under the name|with title|by the name of|going by", C::Named),
    ("same|the same|shared|share|in common|in the same", C::Same),
    ("a|an|the|please|there|us|me|all|any|some|can|could|would|will|you|i|we|do we have|do i have|in the database|in our database|records|record of|these|those|this|its|it|their|them|they|he|she|his|her|him|our|my|your|just|of them|in the table|so far|respectively|respective|related|ones|one of|if any|out|exist|exists|existing|currently|total of|corresponding|associated|recorded|ever|at all|in the system|in database|available in the database|in the record|in the records|been|then|how|such|own|kind of|kinds of|given|certain|particular|specific|possible|listed|each other|on record|on file|does it have|value of|values of|the value of|the values of|to do|as of|would be|of it|let|know|need|want|'|really|kindly|ok|okay|hey|hi|hello|s", C::Ignore),
];

#[cfg(test)]
mod tests {
    use super::{Agg, Cue, Op, cue_at};
    use crate::text::tokens;

    #[test]
    fn takes_the_longest() {
        for (text, length, cue) in [
            ("more than 3", 2, Cue::Cmp(Op::Gt)),
            ("the largest number of orders", 4, Cue::Most(true)),
            ("average price", 1, Cue::Agg(Agg::Avg)),
            ("most common colour", 2, Cue::MostCommon(true)),
            ("total number of orders", 3, Cue::NumberOf),
        ] {
            assert_eq!(cue_at(&tokens(text), 0), Some((length, cue)), "{text}");
        }
        assert_eq!(cue_at(&tokens("\"most\""), 0), None);
    }
}

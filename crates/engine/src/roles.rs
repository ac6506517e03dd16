//! A table that another one refers to in more than one role: the manager of an employee, the home and the away team.
//!
//! Every role is a table of its own to the rest of the engine, with columns and one key that leads to it; the writer of
//! statements gives the real table that name. A role takes part only where the question says its word.

use crate::{
    graph::Graph,
    lexicon::{Item, Lexicon, Phrase, TableInfo},
    text::{Kind, Token},
    words,
};

/// What a table is when it stands for another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Role {
    /// The real table.
    pub of: usize,
    /// What it is called in a statement.
    pub alias: String,
    /// The column that refers to it.
    pub key: usize,
}

/// What is said of where something starts, and of where it ends.
pub(crate) const FROM: [&str; 7] =
    ["source", "origin", "departure", "depart", "start", "from", "sender"];
pub(crate) const TO: [&str; 8] =
    ["destination", "arrival", "arrive", "end", "to", "target", "receiver", "recipient"];

/// More roles than this are a catalogue's way of keeping rows, not names that people say.
const MOST: usize = 200;

impl Lexicon {
    /// Adds a table for every role. The real tables and columns keep their numbers.
    pub(crate) fn add_roles(&mut self) {
        self.real = (self.tables.len(), self.columns.len());
        let mut edges: Vec<(Vec<(usize, usize)>, f32)> =
            self.graph.edges.iter().map(|e| (e.pairs.clone(), e.cost)).collect();
        let real = edges.len();
        for number in 0..real {
            let edge = &self.graph.edges[number];
            let [(key, target)] = edge.pairs[..] else { continue };
            let (from, to, cost) = (edge.from, edge.to, edge.cost);
            let rivals = self.graph.edges.iter().filter(|e| e.from == from && e.to == to).count();
            if from != to && rivals < 2 || cost > 1.5 || self.tables.len() - self.real.0 >= MOST {
                continue;
            }
            let Some(said) = self.role_words(key, from, to) else { continue };
            let role = self.add_role(key, to, &said);
            let target = self.tables[role].columns.start + target - self.tables[to].columns.start;
            edges.push((vec![(key, target)], cost));
        }
        if edges.len() > real {
            self.graph = Graph::new(self.tables.len(), edges, &self.columns);
        }
    }

    /// The words of the key that say the role; none for a verb (`reported_by`) or for the table's name alone.
    fn role_words(&self, key: usize, from: usize, to: usize) -> Option<Vec<String>> {
        let words = &self.columns[key].phrase.words;
        if words.iter().map(String::as_str).eq(["report", "to"])
            || words.iter().map(String::as_str).eq(["reports", "to"])
        {
            return Some(vec!["manager".into()]);
        }
        let names_table = |w: &&String| {
            self.tables[from].phrase.words.contains(w) || self.tables[to].phrase.words.contains(w)
        };
        let says = |w: &&String| {
            !matches!(w.as_str(), "id" | "code" | "key" | "number" | "no" | "fk" | "ref" | "name")
        };
        let own: Vec<String> =
            words.iter().filter(says).filter(|w| !names_table(w)).cloned().collect();
        let verb = own.iter().any(|w| matches!(w.as_str(), "by" | "to" | "of" | "for" | "from"))
            || words::split_identifier(&self.columns[key].name).iter().any(|w| w.ends_with("ed"));
        // `musical_id` is a musical's, whatever the key says.
        let other = self.tables.iter().any(|t| t.phrase.words == own);
        (!own.is_empty() && own.len() <= 2 && !verb && !other && own.iter().all(|w| w.len() > 2))
            .then_some(own)
    }

    /// Does this word of a key only name the table that it refers to, though others say in what role?
    pub(crate) fn names_target(&self, column: usize, position: usize) -> bool {
        let info = &self.columns[column];
        let Some(to) = info.refers_to.map(|c| self.columns[c].table) else { return false };
        let named = |w: &String| self.tables[to].phrase.words.contains(w);
        let says = |(word, inherited): (&String, &bool)| {
            !named(word) && !inherited && !matches!(word.as_str(), "id" | "code" | "number" | "key")
        };
        info.phrase.words.get(position).is_some_and(named)
            && info.phrase.words.iter().zip(&info.phrase.inherited).any(says)
    }

    fn add_role(&mut self, key: usize, to: usize, said: &[String]) -> usize {
        let number = self.tables.len();
        let table = self.tables[to].clone();
        let start = self.columns.len();
        let moved = |c: usize| start + c - table.columns.start;
        for c in table.columns.clone() {
            let mut column = self.columns[c].clone();
            column.table = number;
            column.refers_to = None;
            column.derived = column.derived.map(|(a, b)| (moved(a), moved(b)));
            self.columns.push(column);
        }
        let mut phrase = Phrase { glued: None, ..Phrase::default() };
        let rest = table.phrase.words.iter().filter(|w| !said.contains(w));
        for (word, inherited) in said.iter().map(|w| (w, false)).chain(rest.map(|w| (w, true))) {
            phrase.words.push(word.clone());
            phrase.weight.push(1.0);
            phrase.inherited.push(inherited);
        }
        // A column that is called just so may be meant itself: `president votes`.
        if self.columns[key].phrase.words == said {
            phrase.words.push("row".into());
            phrase.weight.push(0.12);
            phrase.inherited.push(false);
        }
        let mut alias = said.join("_");
        if self.tables.iter().any(|t| t.name.eq_ignore_ascii_case(&alias)) {
            alias = format!("{alias}_{}", table.name.to_lowercase());
        }
        self.tables.push(TableInfo {
            phrase,
            columns: start..self.columns.len(),
            primary_key: table.primary_key.iter().map(|c| moved(*c)).collect(),
            label: table.label.map(moved),
            label_rest: table.label_rest.map(moved),
            is_bridge: false,
            role: Some(Role { of: to, alias, key }),
            ..table
        });
        number
    }

    /// The roles whose words all stand in the question.
    pub(crate) fn roles_said(&self, tokens: &[Token]) -> Vec<usize> {
        let says = |token: &Token, word: &String| {
            token.kind == Kind::Word
                && (token.lemma == *word
                    || token.lower == *word
                    || words::stem(&token.lemma) == words::stem(word) && word.len() > 4
                    || words::synonyms(&token.lemma).contains(&word.as_str()))
        };
        let way = tokens.iter().any(|t| t.is("from")) && tokens.iter().any(|t| t.is("to"));
        (self.real.0..self.tables.len())
            .filter(|t| {
                // `from Berlin to Paris`
                if way && self.leads(*t).is_some() {
                    return true;
                }
                let phrase = &self.tables[*t].phrase;
                let mut own = (0..phrase.words.len())
                    .filter(|i| !phrase.inherited[*i] && phrase.weight[*i] > 0.5);
                own.all(|i| tokens.iter().any(|t| says(t, &phrase.words[i])))
            })
            .collect()
    }

    /// Does this role say where something comes from (`true`), or where it goes?
    pub(crate) fn leads(&self, table: usize) -> Option<bool> {
        self.tables[table].role.as_ref()?;
        let words = &self.tables[table].phrase.words;
        let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
        if has(&FROM) { Some(true) } else { has(&TO).then_some(false) }
    }

    /// Is this the table, or a column of a table, that only stands for another one?
    pub(crate) fn is_of_role(&self, item: Item) -> bool {
        self.table_of(item) >= self.real.0
    }

    /// The same column of a role's table.
    pub(crate) fn in_role(&self, column: usize, role: usize) -> Option<usize> {
        let info = &self.tables[role];
        let of = self.columns[column].table;
        (info.role.as_ref()?.of == of)
            .then(|| info.columns.start + column - self.tables[of].columns.start)
    }

    pub(crate) fn real_tables(&self) -> &[TableInfo] {
        &self.tables[..self.real.0]
    }

    pub(crate) fn real_columns(&self) -> &[crate::lexicon::ColumnInfo] {
        &self.columns[..self.real.1]
    }
}

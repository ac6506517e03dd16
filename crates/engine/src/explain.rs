//! A plan in plain words, and as chips.

use crate::{
    calendar::Bucket,
    cues::{Agg, Op},
    draft::Like,
    lexicon::Lexicon,
    plan::{Ex, Lit, Plan, Pred, SetOp},
    sql::plain,
};
use model::run::Chip;

pub(crate) struct Explainer<'a> {
    pub lexicon: &'a Lexicon,
}

pub(crate) fn plural(word: &str) -> String {
    if word.ends_with('s') && !word.ends_with("ss") {
        word.to_owned()
    } else if word.ends_with('y')
        && !word.ends_with("ay")
        && !word.ends_with("ey")
        && !word.ends_with("oy")
    {
        format!("{}ies", &word[..word.len() - 1])
    } else if word.ends_with('s')
        || word.ends_with('x')
        || word.ends_with("ch")
        || word.ends_with("sh")
    {
        format!("{word}es")
    } else {
        format!("{word}s")
    }
}

impl Explainer<'_> {
    pub fn table(&self, t: usize) -> String {
        let info = &self.lexicon.tables[t];
        match &info.role {
            Some(role) if self.lexicon.columns[role.key].table == role.of => {
                role.alias.replace('_', " ")
            }
            _ => info.phrase.text(),
        }
    }

    fn column(&self, c: usize, plan: &Plan) -> String {
        let info = &self.lexicon.columns[c];
        let core = info.phrase.core();
        let core = if info.derived.is_some() { format!("{core} in days") } else { core };
        if plan.tables.len() > 1 && plan.tables.first() != Some(&info.table) {
            let table = self.table(info.table);
            if core.contains(&table) { core } else { format!("{table} {core}") }
        } else {
            core
        }
    }

    fn ex(&self, e: &Ex, plan: &Plan) -> String {
        match e {
            Ex::Col(c) => self.column(*c, plan),
            Ex::Bucket(b, c) => format!("{} of {}", b.word(), self.column(*c, plan)),
            Ex::Product(a, b) => format!("{} × {}", self.column(*a, plan), self.column(*b, plan)),
            Ex::Tally(key, _) => {
                let table = self.lexicon.columns[*key].table;
                format!("the number of {}", plural(&self.table(table)))
            }
            Ex::Share(part) => match self.ex(part, plan).strip_prefix("the ") {
                Some(what) => format!("the percentage of {what}"),
                None => "the percentage".to_owned(),
            },
            Ex::Rate(list) => format!("the percentage with {}", self.list(list, plan)),
            Ex::Agg { agg: Agg::Count, arg: None, .. } => "the number of rows".to_owned(),
            Ex::Agg { agg, arg, distinct } => {
                let what = arg.as_ref().map_or_else(|| "rows".to_owned(), |a| self.ex(a, plan));
                match agg {
                    Agg::Count if *distinct => format!("the number of different {}", plural(&what)),
                    Agg::Count => format!("the number of {}", plural(&what)),
                    Agg::Sum if what.contains("total") => format!("the {what}"),
                    Agg::Sum => format!("the total {what}"),
                    Agg::Avg => format!("the average {what}"),
                    Agg::Min => format!("the lowest {what}"),
                    Agg::Max => format!("the highest {what}"),
                }
            }
        }
    }

    fn pred(&self, p: &Pred, plan: &Plan) -> String {
        match p {
            Pred::Compare(e, op, lit) => {
                format!("{} {} {}", self.ex(e, plan), operator(*op), literal(lit))
            }
            Pred::Against(a, op, b) => {
                format!("{} {} {}", self.ex(a, plan), operator(*op), self.ex(b, plan))
            }
            Pred::Between(e, a, b, negated) => format!(
                "{} {}between {} and {}",
                self.ex(e, plan),
                if *negated { "not " } else { "" },
                plain(*a),
                plain(*b)
            ),
            Pred::Like { column, text, how, negated } => {
                let verb = match (how, negated) {
                    (Like::Contains, false) => "contains",
                    (Like::Contains, true) => "does not contain",
                    (Like::Starts, false) => "starts with",
                    (Like::Starts, true) => "does not start with",
                    (Like::Ends, false) => "ends with",
                    (Like::Ends, true) => "does not end with",
                };
                format!("{} {verb} “{text}”", self.column(*column, plan))
            }
            Pred::Null(column, negated) => {
                format!(
                    "{} is {}",
                    self.column(*column, plan),
                    if *negated { "known" } else { "missing" }
                )
            }
            Pred::Time { column, range, negated } => format!(
                "{} {}in {}",
                self.column(*column, plan),
                if *negated { "not " } else { "" },
                range.label
            )
            .replace("in since", "since")
            .replace("in before", "before")
            .replace("in after", "after")
            .replace("in until", "until")
            .replace("in last ", "in the last ")
            .replace("in today", "today")
            .replace("in yesterday", "yesterday"),
            Pred::In { query, negated, .. } => {
                let what = query.tables.last().map_or_else(String::new, |t| self.table(*t));
                let such = self.list(&query.filter, query);
                let such = if such.is_empty() { such } else { format!(" where {such}") };
                format!("{} any {what}{such}", if *negated { "without" } else { "with" })
            }
            Pred::CompareQuery(e, op, query) => {
                let what = query.select.first().map_or_else(String::new, |x| self.ex(x, query));
                format!("{} {} {what}", self.ex(e, plan), operator(*op))
            }
            Pred::Extreme { query, .. } => {
                let what = query.select.last().map_or_else(String::new, |x| self.ex(x, query));
                let per: Vec<String> = query.group.iter().map(|e| self.ex(e, query)).collect();
                format!("with {what} per {}", per.join(" and "))
            }
            Pred::All(list) => self.list(list, plan),
            Pred::Any(list) => {
                list.iter().map(|p| self.pred(p, plan)).collect::<Vec<_>>().join(" or ")
            }
        }
    }

    fn list(&self, preds: &[Pred], plan: &Plan) -> String {
        preds.iter().map(|p| self.pred(p, plan)).collect::<Vec<_>>().join(" and ")
    }

    /// One sentence: "Counting orders per month of order date where …, newest first".
    pub fn sentence(&self, plan: &Plan) -> String {
        let subject = plan.tables.first().map_or_else(String::new, |t| plural(&self.table(*t)));
        let counts = |e: &Ex| matches!(e, Ex::Agg { agg: Agg::Count, .. });
        let measures: Vec<&Ex> = plan.select.iter().filter(|e| e.is_aggregate()).collect();
        let mut text = if let ([only], true) = (&measures[..], measures.iter().all(|e| counts(e))) {
            match only {
                Ex::Agg { arg: Some(a), .. } if !matches!(**a, Ex::Col(c) if self.lexicon.columns[c].is_primary) =>
                {
                    format!("Counting different {} of {subject}", plural(&self.ex(a, plan)))
                }
                Ex::Agg { arg: Some(a), .. } => {
                    let mut columns = Vec::new();
                    a.columns(&mut columns);
                    let t = columns.first().map(|c| self.lexicon.columns[*c].table);
                    format!("Counting {}", t.map_or(subject, |t| plural(&self.table(t))))
                }
                _ => {
                    let counted = plan
                        .tables
                        .iter()
                        .rev()
                        .find(|t| plan.group.iter().all(|g| !self.on_table(g, **t)));
                    format!("Counting {}", counted.map_or(subject, |t| plural(&self.table(*t))))
                }
            }
        } else if !measures.is_empty() {
            let list: Vec<String> = measures.iter().map(|e| self.ex(e, plan)).collect();
            format!("Showing {} of {subject}", list.join(" and "))
        } else if plan.star.is_some() {
            format!("Listing everything about {subject}")
        } else {
            let list: Vec<String> = plan.select.iter().map(|e| self.ex(e, plan)).collect();
            format!("Listing {} of {subject}", list.join(", "))
        };
        let keys: Vec<String> = plan
            .group
            .iter()
            .filter(|e| plan.select.contains(e))
            .map(|e| match e {
                Ex::Bucket(b, _) => b.word().to_owned(),
                e => self.ex(e, plan),
            })
            .collect();
        if !keys.is_empty() && !measures.is_empty() {
            text.push_str(&format!(" per {}", keys.join(" and ")));
        }
        // `orders without any shipment where the status is …`
        let (such, plain): (Vec<Pred>, Vec<Pred>) = plan
            .filter
            .iter()
            .cloned()
            .partition(|p| matches!(p, Pred::In { .. } | Pred::Extreme { .. }));
        if !such.is_empty() {
            text.push_str(&format!(" {}", self.list(&such, plan)));
        }
        if !plain.is_empty() {
            text.push_str(&format!(" where {}", self.list(&plain, plan)));
        }
        if let Some((op, other)) = &plan.set {
            let conditions: Vec<Pred> = other.filter.iter().chain(&other.having).cloned().collect();
            let such = self.list(&conditions, other);
            text.push_str(&match op {
                SetOp::Intersect => format!(", and also where {such}"),
                SetOp::Union | SetOp::UnionAll if conditions.is_empty() => {
                    let of =
                        other.tables.first().map_or_else(String::new, |t| plural(&self.table(*t)));
                    format!(", and those of {of}")
                }
                SetOp::Union | SetOp::UnionAll => format!(", and those with {such}"),
                SetOp::Except => format!(", leaving out those {such}"),
            });
        }
        if !plan.having.is_empty() {
            text.push_str(&format!(", only those with {}", self.list(&plan.having, plan)));
        }
        if let Some((e, descending)) = plan.order.first() {
            text.push_str(&format!(", {}", self.ordering(e, *descending, plan)));
        }
        match plan.limit {
            Some(1) => text.push_str(", first only"),
            Some(n) => text.push_str(&format!(", first {n}")),
            None => {}
        }
        text
    }

    fn on_table(&self, e: &Ex, t: usize) -> bool {
        let mut columns = Vec::new();
        e.columns(&mut columns);
        columns.iter().any(|c| self.lexicon.columns[*c].table == t)
    }

    fn ordering(&self, e: &Ex, descending: bool, plan: &Plan) -> String {
        match e {
            Ex::Bucket(..) => if descending { "newest first" } else { "oldest first" }.to_owned(),
            Ex::Col(c) if self.lexicon.columns[*c].kind.is_temporal() => format!(
                "by {}, {}",
                self.ex(e, plan),
                if descending { "latest first" } else { "earliest first" }
            ),
            e => format!(
                "by {}, {}",
                self.ex(e, plan),
                if descending { "highest first" } else { "lowest first" }
            ),
        }
    }

    pub fn chips(&self, plan: &Plan) -> Vec<Chip> {
        let chip =
            |kind: &str, label: String| Chip { kind: kind.into(), label, alternatives: vec![] };
        let mut out: Vec<Chip> =
            plan.tables.iter().map(|t| chip("table", self.table(*t))).collect();
        out.extend(
            plan.select
                .iter()
                .filter(|e| e.is_aggregate())
                .map(|e| chip("measure", self.ex(e, plan))),
        );
        for e in plan.group.iter().filter(|e| plan.select.contains(e)) {
            out.push(match e {
                Ex::Bucket(b, _) => chip("time", format!("by {}", b.word())),
                e => chip("group", format!("per {}", self.ex(e, plan))),
            });
        }
        for p in plan.filter.iter().chain(&plan.having) {
            let kind = if matches!(p, Pred::Time { .. }) { "time" } else { "filter" };
            out.push(chip(kind, self.pred(p, plan)));
        }
        out.extend(plan.order.iter().map(|(e, d)| chip("order", self.ordering(e, *d, plan))));
        out.extend(plan.limit.map(|n| chip("limit", format!("first {n}"))));
        out
    }

    /// Questions that change one part of this one.
    pub fn follow_ups(&self, plan: &Plan) -> Vec<String> {
        let Some(t) = plan.tables.first() else { return vec![] };
        let name = plural(&self.table(*t));
        let bucket = plan.group.iter().find_map(|e| match e {
            Ex::Bucket(bucket, _) => Some(*bucket),
            _ => None,
        });
        let measured = plan.select.iter().any(Ex::is_aggregate);
        let mut out = Vec::new();
        match bucket {
            Some(Bucket::Year) => out.push("the same per month".to_owned()),
            Some(_) => out.push("the same per year".to_owned()),
            None if measured && plan.tables.iter().any(|t| self.has_date(*t)) => {
                out.push("the same per month".to_owned());
            }
            None => {}
        }
        if !measured {
            out.push("how many are there?".to_owned());
        }
        // Not what was just asked.
        let counted = plan.select == [Ex::count()] && plan.filter.is_empty();
        if !counted {
            out.push(format!("how many {name} are there?"));
        }
        out.truncate(3);
        out
    }

    fn has_date(&self, t: usize) -> bool {
        let mut columns = self.lexicon.tables[t].columns.clone();
        columns.any(|c| crate::suggest::is_event(self.lexicon, c))
    }
}

fn operator(op: Op) -> &'static str {
    match op {
        Op::Eq => "is",
        Op::Ne => "is not",
        Op::Gt => "is more than",
        Op::Ge => "is at least",
        Op::Lt => "is less than",
        Op::Le => "is at most",
    }
}

fn literal(lit: &Lit) -> String {
    match lit {
        Lit::Num(n) => plain(*n),
        Lit::Text(t) => format!("“{t}”"),
        Lit::Bool(b) => b.to_string(),
    }
}

//! `crosstab('SELECT …')`: a function that runs a statement given as text. The text goes the whole
//! way of a statement itself, and what runs is its rendering.

use super::{Resolver, scope::Ctes, scope::Taint};
use crate::{
    ast::{Call, Literal, Part, Statement},
    fault::{Checked, Fault},
    parse, render, second,
};

impl Resolver<'_> {
    /// Checks and replaces the texts that the call runs; `None`: it is no such call.
    pub(super) fn runs_text(&mut self, call: &mut Call) -> Checked<Option<Taint>> {
        let [name] = call.name.as_slice() else { return Ok(None) };
        let pivot = ["crosstab", "crosstab2", "crosstab3", "crosstab4"];
        let languages = self.facts.routine(&name.value);
        let known = pivot.contains(&name.value.as_str())
            && self.facts.flavour.is_postgres()
            && !languages.is_empty()
            && languages.iter().all(|language| language == "c");
        if !known {
            return Ok(None);
        }
        let mut taint = Taint::default();
        for arg in &mut call.args.values {
            let span = arg.value.span;
            let [part @ Part::Literal(_)] = arg.value.parts.as_mut_slice() else {
                let reason =
                    "It runs the statement that it is given, so that must be a plain text.";
                return Err(Fault::new("function", reason, span));
            };
            if let Part::Literal(Literal::Text(text)) = part {
                let inner = self.inner(text).map_err(|fault| {
                    let reason = format!("The statement inside '{}': {}", name.value, fault.reason);
                    Fault::new(fault.code, reason, span)
                })?;
                *text = inner.0;
                taint = taint.with(inner.1);
            }
        }
        Ok(Some(taint))
    }

    fn inner(&mut self, sql: &str) -> Checked<(String, Taint)> {
        let flavour = self.facts.flavour;
        let statement = parse::statement(sql, flavour)?;
        second::agrees(&statement, sql, flavour)?;
        let Statement::Query(mut query) = statement else {
            return Err(Fault::whole("not_a_read", "it must be a query."));
        };
        let shape = self.ordered_query(&mut query, None, Ctes::default(), true)?;
        Ok((render::statement(&Statement::Query(query), flavour), shape.taint()))
    }
}

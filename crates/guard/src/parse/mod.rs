//! The grammar of statements that read, for the three databases.
//!
//! It is written by hand, because it is the allow-list: what no rule here names cannot reach a
//! database. Each rule looks ahead a bounded distance and never goes back, so time is linear.

mod call;
mod cursor;
mod explain;
mod expr;
mod from;
mod pragma;
mod query;
mod settings;
mod show;
mod types;

pub(crate) use cursor::Parser;
pub(crate) use pragma::{PragmaKind, pragma};
pub(crate) use settings::{SETTINGS, VARIABLES};

use crate::{
    Flavour,
    ast::{Expr, Query, Statement},
    fault::{Checked, Fault},
    lexer::Tok,
};

/// Exactly one statement, with nothing after it but semicolons.
pub(crate) fn statement(sql: &str, flavour: Flavour) -> Checked<Statement> {
    let mut parser = Parser::new(sql, flavour)?;
    if *parser.peek() == Tok::End {
        return Err(Fault::whole("empty", "There is no statement here."));
    }
    let statement = parser.statement()?;
    parser.finish()?;
    Ok(statement)
}

/// A query that a catalogue holds: the definition of a view.
pub(crate) fn view(sql: &str, flavour: Flavour) -> Checked<(Query, Vec<crate::ast::Ident>)> {
    let mut parser = Parser::new(sql, flavour)?;
    let columns = parser.view_header()?;
    let query = parser.query()?;
    parser.finish()?;
    Ok((query, columns))
}

/// An expression that an admin wrote: a row filter or a mask. Attributes in braces are allowed.
pub(crate) fn expression(sql: &str, flavour: Flavour) -> Checked<Expr> {
    let mut parser = Parser::new(sql, flavour)?;
    parser.attributes = true;
    let expr = parser.expr()?;
    parser.finish()?;
    Ok(expr)
}

impl Parser {
    fn finish(&mut self) -> Checked<()> {
        while self.eat_op(";") {}
        if *self.peek() == Tok::End {
            return Ok(());
        }
        if self.after_op(";") {
            let reason = "Only one statement may run at a time; another one begins here.";
            return Err(Fault::new("multiple", reason, self.span()));
        }
        self.refuse_tail()
    }

    /// Clauses that a read may not have get a sentence of their own.
    fn refuse_tail<T>(&self) -> Checked<T> {
        let known = [
            ("FOR", "lock", "Locking clauses are refused: a read takes no row locks."),
            ("LOCK", "lock", "Locking clauses are refused: a read takes no row locks."),
            ("INTO", "into", "INTO is refused: a read writes to no table, file or variable."),
            ("PROCEDURE", "syntax", "PROCEDURE is refused."),
        ];
        match known.iter().find(|(word, _, _)| self.is(word)) {
            Some((_, code, reason)) => Err(Fault::new(code, *reason, self.span())),
            None => self.unexpected(),
        }
    }

    fn statement(&mut self) -> Checked<Statement> {
        if self.is("EXPLAIN") || self.is("DESCRIBE") || self.is("DESC") {
            return self.explain();
        }
        if self.is("SHOW") && !self.flavour.is_sqlite() {
            return self.show().map(Statement::Show);
        }
        if self.is("PRAGMA") && self.flavour.is_sqlite() {
            return self.pragma().map(Statement::Show);
        }
        if self.query_ahead() {
            return self.query().map(Statement::Query);
        }
        Err(Fault::new("not_a_read", "This is not a statement that reads.", self.span()))
    }

    /// Skips `CREATE VIEW name (columns) AS` where a catalogue holds the whole statement.
    fn view_header(&mut self) -> Checked<Vec<crate::ast::Ident>> {
        if !self.eat("CREATE") {
            return Ok(Vec::new());
        }
        let _ = self.eat("TEMP") || self.eat("TEMPORARY");
        self.expect("VIEW")?;
        self.eat_all(&["IF", "NOT", "EXISTS"]);
        self.name(3)?;
        let columns = if self.is_op("(") { self.ident_list()? } else { Vec::new() };
        self.expect("AS")?;
        Ok(columns)
    }
}

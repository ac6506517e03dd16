//! Expressions, calls and types.

use super::Writer;
use crate::ast::{Arg, Args, Call, Expr, Over, Part, Piece, Type, TypeName};

impl Writer {
    pub(super) fn expr(&mut self, expr: &Expr) {
        let mut tight = false;
        for (n, part) in expr.parts.iter().enumerate() {
            let joined = matches!(
                part,
                Part::Index { .. } | Part::Field(_) | Part::FieldStar | Part::CastTo(_)
            );
            if n > 0 && !joined && !tight {
                self.gap();
            }
            // A sign stays on its number, so that `-1` reads as before; `- -1` keeps its blank.
            tight = matches!(part, Part::Op(op) if op == "-" || op == "+")
                && (n == 0 || matches!(expr.parts[n - 1], Part::Op(_) | Part::Operator(..)))
                && !matches!(expr.parts.get(n + 1), Some(Part::Op(_) | Part::Operator(..)));
            self.part(part);
        }
    }

    pub(super) fn part(&mut self, part: &Part) {
        match part {
            Part::Op(op) => self.push(op),
            Part::Operator(schema, op) => {
                self.push("OPERATOR(");
                self.name(schema);
                self.push(if schema.is_empty() { "" } else { "." });
                self.push(op);
                self.push(")");
            }
            Part::Literal(literal) => self.literal(literal),
            Part::Column(name) => self.name(name),
            Part::Row(name) => {
                self.name(name);
                self.push(".*");
            }
            Part::System(name) => {
                self.push("@@");
                self.push(name);
            }
            Part::Keyword(word, precision) => {
                self.push(word);
                if let Some(precision) = precision {
                    self.push(&format!("({precision})"));
                }
            }
            Part::Call(call) => self.call(call),
            Part::Tuple { row, items } => {
                self.push(if *row { "ROW(" } else { "(" });
                self.commas(items, Self::expr);
                self.push(")");
            }
            Part::Query { lead, query } => {
                self.push(lead);
                self.parens(|out| out.query(query));
            }
            Part::Array { lead, items } => {
                self.push(if *lead { "ARRAY[" } else { "[" });
                self.commas(items, Self::expr);
                self.push("]");
            }
            Part::Index { from, to } => self.index(from.as_ref(), to.as_ref()),
            Part::Field(field) => {
                self.push(".");
                self.ident(field);
            }
            Part::FieldStar => self.push(".*"),
            Part::Case { operand, whens, otherwise } => {
                self.case(operand.as_ref(), whens, otherwise.as_ref());
            }
            Part::CastTo(ty) => {
                self.push("::");
                self.data_type(ty);
            }
            Part::Collate(name) => {
                self.push("COLLATE ");
                self.name(name);
            }
            Part::Typed { ty, text, fields } => {
                self.data_type(ty);
                self.push(" ");
                self.literal(text);
                if let Some(fields) = fields {
                    self.push(" ");
                    self.push(fields);
                }
            }
            Part::Interval { value, unit } => {
                self.push("INTERVAL ");
                self.expr(value);
                self.push(" ");
                self.push(unit);
            }
            Part::Special { name, pieces } => {
                self.push(name);
                if *name == "MATCH" {
                    self.push(" ");
                    self.pieces(pieces);
                } else {
                    self.parens(|out| out.pieces(pieces));
                }
            }
        }
    }

    fn index(&mut self, from: Option<&Expr>, to: Option<&Option<Expr>>) {
        self.push("[");
        if let Some(from) = from {
            self.expr(from);
        }
        if let Some(to) = to {
            self.push(":");
            if let Some(to) = to {
                self.expr(to);
            }
        }
        self.push("]");
    }

    fn case(&mut self, operand: Option<&Expr>, whens: &[(Expr, Expr)], otherwise: Option<&Expr>) {
        self.push("CASE");
        self.clause(" ", operand);
        for (when, then) in whens {
            self.push(" WHEN ");
            self.expr(when);
            self.push(" THEN ");
            self.expr(then);
        }
        self.clause(" ELSE ", otherwise);
        self.push(" END");
    }

    fn pieces(&mut self, pieces: &[Piece]) {
        for (n, piece) in pieces.iter().enumerate() {
            let comma = matches!(piece, Piece::Comma);
            let attributes = matches!(piece, Piece::Group(_))
                && matches!(n.checked_sub(1).and_then(|n| pieces.get(n)), Some(Piece::Word(_)));
            if n > 0 && !comma && !attributes {
                self.gap();
            }
            match piece {
                Piece::Word(word) => self.push(word),
                Piece::Comma => self.push(","),
                Piece::Expr(expr) => self.expr(expr),
                Piece::Type(ty) => self.data_type(ty),
                Piece::Charset(name) => self.push(&name.value),
                Piece::Label(name) => self.ident(name),
                Piece::Group(pieces) => self.parens(|out| out.pieces(pieces)),
            }
        }
    }

    pub(super) fn call(&mut self, call: &Call) {
        // Checked against a list of plain names; quotes would hide built-ins from MySQL.
        for (n, part) in call.name.iter().enumerate() {
            self.push(if n > 0 { "." } else { "" });
            self.push(&part.value);
        }
        self.push("(");
        self.args(&call.args);
        self.push(")");
        if !call.within.is_empty() {
            self.push(" WITHIN GROUP (");
            self.order_by(&call.within);
            self.push(")");
        }
        if let Some(filter) = &call.filter {
            self.push(" FILTER (WHERE ");
            self.expr(filter);
            self.push(")");
        }
        if let Some(nulls) = call.nulls {
            self.word(nulls);
        }
        match &call.over {
            None => {}
            Some(Over::Named(name)) => {
                self.push(" OVER ");
                self.ident(name);
            }
            Some(Over::Window(window)) => {
                self.push(" OVER ");
                self.window(window);
            }
        }
    }

    fn args(&mut self, args: &Args) {
        if args.star {
            self.push("*");
        }
        if let Some(quantifier) = args.quantifier {
            self.push(quantifier);
            self.push(" ");
        }
        self.commas(&args.values, Self::arg);
        self.order_by(&args.order_by);
        if let Some(separator) = &args.separator {
            self.push(" SEPARATOR ");
            self.literal(separator);
        }
        if let Some(limit) = &args.limit {
            self.limit(limit);
        }
    }

    fn arg(&mut self, arg: &Arg) {
        if arg.variadic {
            self.push("VARIADIC ");
        }
        if let Some(name) = &arg.name {
            self.ident(name);
            self.push(" => ");
        }
        if let Some(unit) = arg.unit {
            self.push(unit);
        }
        self.expr(&arg.value);
    }

    pub(super) fn data_type(&mut self, ty: &Type) {
        match &ty.name {
            TypeName::Built(words) => self.push(words),
            TypeName::User(name) => self.name(name),
        }
        // `interval day to second (3)`: the words come before the number.
        let interval = matches!(&ty.name, TypeName::Built(words) if words == "interval");
        let modifiers = |out: &mut Self| {
            if !ty.modifiers.is_empty() {
                out.push(&format!("({})", ty.modifiers.join(", ")));
            }
        };
        if !interval {
            modifiers(self);
        }
        for word in &ty.tail {
            self.word(word);
        }
        if interval {
            modifiers(self);
        }
        for size in &ty.dimensions {
            self.push(&format!("[{}]", size.as_deref().unwrap_or("")));
        }
    }
}

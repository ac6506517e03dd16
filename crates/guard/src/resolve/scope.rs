//! Names in reach: relations, their columns, and what masked values each column carries.

use crate::ast::{Ident, Part};

/// Which masks' values are in a column, one bit for each entry of the resolver's list, and whether
/// its type has casts of users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Taint(pub u64);

impl Taint {
    /// A user's cast may run wherever the server wants another type than that of the column.
    pub const CAST: Self = Self(1 << 63);

    /// The resolver's mask of this number; those from 62 on share a bit.
    pub fn mask(n: usize) -> Self {
        Self(1 << n.min(62))
    }

    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// It carries no masked value.
    pub fn is_clean(self) -> bool {
        self.0 & !Self::CAST.0 == 0
    }

    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A column of a relation or of a result. No name: the server makes one up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub name: Option<String>,
    pub taint: Taint,
}

/// The columns of a result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    pub columns: Vec<Column>,
    /// There may be other columns than these: functions, made-up names.
    pub open: bool,
    /// Positions are not what they seem: a merged join.
    pub shuffled: bool,
}

impl Shape {
    pub fn taint(&self) -> Taint {
        self.columns.iter().fold(Taint::default(), |all, column| all.with(column.taint))
    }

    /// Takes over the names of a column list.
    pub fn renamed<'a>(mut self, names: impl Iterator<Item = &'a Ident>) -> Self {
        for (n, name) in names.enumerate() {
            match self.columns.get_mut(n) {
                Some(column) => column.name = Some(name.value.clone()),
                None => {
                    let taint = self.taint();
                    self.columns.push(Column { name: Some(name.value.clone()), taint });
                }
            }
        }
        self
    }

    /// Adds what another operand of a set operation carries, position by position.
    pub fn merge(&mut self, other: &Self) {
        for (n, column) in other.columns.iter().enumerate() {
            match self.columns.get_mut(n) {
                Some(known) => known.taint = known.taint.with(column.taint),
                None => self.columns.push(column.clone()),
            }
        }
        self.open |= other.open;
        self.shuffled |= other.shuffled;
    }
}

/// Something in FROM that columns can be taken from.
#[derive(Clone, Debug)]
pub(crate) struct Relation {
    /// The name it goes by: its alias or its own.
    pub alias: Option<String>,
    /// Schema and table, where it stands without an alias.
    pub qualified: Option<(String, String)>,
    pub shape: Shape,
    /// Columns that the policy takes away.
    pub denied: Vec<String>,
    /// A table of the catalogue that stands as it is: it has the server's hidden columns.
    pub plain: bool,
    /// What SQLite's rowid is called here.
    pub rowid: Option<String>,
    /// It was replaced by a derived table.
    pub governed: bool,
    /// A system relation whose hidden columns are what `*` would be asked for.
    pub no_star: bool,
    /// A call in FROM: its rows may be single values.
    pub of_function: bool,
    /// Columns that tell its rows apart and may be seen.
    pub unique: Option<Vec<String>>,
    /// A user's cast of its rows may run where one is used as a value.
    pub cast: bool,
}

impl Relation {
    pub fn new(alias: Option<String>, shape: Shape) -> Self {
        Self {
            alias,
            qualified: None,
            shape,
            denied: Vec::new(),
            plain: false,
            rowid: None,
            governed: false,
            no_star: false,
            of_function: false,
            unique: None,
            cast: false,
        }
    }
}

/// The relations of one SELECT, and those around it.
#[derive(Debug, Default)]
pub(crate) struct Scope<'a> {
    pub relations: Vec<Relation>,
    /// Names given in the select list.
    pub aliases: Vec<Column>,
    pub outer: Option<&'a Scope<'a>>,
    /// A join merged columns: the positions of `*` are not those of the relations.
    pub merged: bool,
}

impl<'a> Scope<'a> {
    pub fn inside(outer: Option<&'a Scope<'a>>) -> Self {
        Self { outer, ..Self::default() }
    }
}

/// The WITH names in reach, innermost last.
#[derive(Clone, Copy, Default)]
pub(crate) struct Ctes<'a> {
    pub entries: &'a [CteEntry],
    pub outer: Option<&'a Ctes<'a>>,
}

#[derive(Clone, Debug)]
pub(crate) struct CteEntry {
    pub name: String,
    pub shape: Shape,
}

/// Where an expression stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// It is shown: a masked value may stand here by itself.
    Shown,
    /// Something is computed from it.
    Computed,
    /// It decides which rows there are or in which order.
    Decides,
}

impl Use {
    /// The same place, one operator deeper.
    pub fn deeper(self) -> Self {
        match self {
            Self::Shown | Self::Computed => Self::Computed,
            Self::Decides => Self::Decides,
        }
    }
}

/// What the server calls a column without an alias; `None` where that depends.
pub(crate) fn output_name(parts: &[Part], postgres: bool) -> Option<String> {
    match parts {
        [Part::Column(name)] => name.last().map(|part| part.value.clone()),
        [Part::Call(call)] if postgres => call.name.last().map(|part| part.value.clone()),
        [Part::Tuple { row: false, items }] if items.len() == 1 && postgres => {
            output_name(&items[0].parts, postgres)
        }
        [inner @ .., Part::CastTo(_) | Part::Collate(_)] if postgres && !inner.is_empty() => {
            output_name(inner, postgres)
        }
        [.., Part::Field(field)] => Some(field.value.clone()),
        _ => None,
    }
}

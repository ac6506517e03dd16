//! What is known of one database, indexed for the guard.

use crate::{
    Flavour,
    ast::{Ident, Query},
    fault::{Checked, Fault},
    functions, parse,
};
use model::catalog::{Catalog, RoutineKind, TableKind, ValueKind};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// Facts about one database, indexed once per catalogue version; cheap to clone.
#[derive(Clone, Debug)]
pub struct Facts {
    inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub flavour: Flavour,
    pub database: String,
    pub search_path: Vec<String>,
    pub tables: Vec<TableFacts>,
    by_name: HashMap<(String, String), Vec<usize>>,
    schemas: HashSet<String>,
    /// Functions of users by lower-case name, with the languages they are written in.
    routines: HashMap<String, Vec<String>>,
    /// Operators of users by symbol, and whether what each runs is known to be harmless.
    operators: HashMap<String, Vec<bool>>,
    /// Casts by functions of users.
    pub casts: Vec<CastFacts>,
    /// By name without a schema.
    types: HashMap<String, Vec<TypeFacts>>,
    /// Columns of tables and attributes of composite types: what may stand behind a row's dot.
    fields: HashSet<String>,
    /// Names of indexes, with the table they belong to.
    indexes: HashMap<String, usize>,
}

/// A relation of the catalogue.
#[derive(Debug)]
pub(crate) struct TableFacts {
    pub schema: String,
    pub name: String,
    pub kind: TableKind,
    pub columns: Vec<ColumnFacts>,
    /// Indexes by name, each with the columns or expressions in it.
    pub indexes: Vec<(String, Vec<String>)>,
    /// The columns of the primary key.
    pub key: Vec<String>,
    /// SQLite's rowid under its name, if it has one.
    pub rowid: Option<String>,
    /// What a view reads, parsed once.
    pub view: Option<Checked<View>>,
    /// Tables whose rows are also this table's, and the other way round.
    pub parents: Vec<usize>,
    pub children: Vec<usize>,
}

#[derive(Debug)]
pub(crate) struct ColumnFacts {
    pub name: String,
    pub kind: ValueKind,
    /// As the server prints it.
    pub type_name: String,
}

/// A type that a user made.
#[derive(Clone, Debug)]
pub(crate) struct TypeFacts {
    pub kind: String,
    /// Names of the types that it is made of.
    pub parts: Vec<String>,
    /// None: not known.
    pub checks: Option<Vec<String>>,
}

/// A cast that runs a user's function.
#[derive(Clone, Debug)]
pub(crate) struct CastFacts {
    /// From and to, and what the catalogue calls it.
    pub types: Vec<String>,
    /// `schema.name`.
    pub function: String,
    /// The server calls it by itself.
    pub implicit: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct View {
    pub query: Query,
    /// Names given in `CREATE VIEW v(a, b)`.
    pub columns: Vec<Ident>,
}

impl Facts {
    /// Indexes a catalogue; parses the definitions of its views.
    #[must_use]
    pub fn new(catalog: &Catalog) -> Self {
        let flavour = Flavour::of(catalog);
        let mut inner = Inner {
            flavour,
            database: catalog.database.clone(),
            search_path: catalog.search_path.clone(),
            tables: Vec::new(),
            by_name: HashMap::new(),
            schemas: HashSet::new(),
            routines: HashMap::new(),
            operators: HashMap::new(),
            casts: Vec::new(),
            types: HashMap::new(),
            fields: HashSet::new(),
            indexes: HashMap::new(),
        };
        inner.read_tables(catalog);
        inner.read_parents(catalog);
        inner.read_routines(catalog);
        Self { inner: Arc::new(inner) }
    }

    #[must_use]
    pub fn flavour(&self) -> Flavour {
        self.inner.flavour
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }
}

impl Inner {
    fn read_tables(&mut self, catalog: &Catalog) {
        for schema in &catalog.schemas {
            self.schemas.insert(self.fold(&schema.name));
            for kind in &schema.types {
                self.types.entry(self.fold(&kind.name)).or_default().push(TypeFacts {
                    kind: kind.kind.clone(),
                    parts: kind.parts.iter().map(|part| of_one(part).to_owned()).collect(),
                    checks: kind.checks.clone(),
                });
                if kind.kind == "composite" {
                    self.fields.extend(kind.labels.iter().cloned());
                }
            }
        }
        for (schema, table) in catalog.tables() {
            let id = self.tables.len();
            let key = (self.fold(schema), self.fold(&table.name));
            self.by_name.entry(key).or_default().push(id);
            for index in &table.indexes {
                self.indexes.insert(self.fold(&index.name), id);
            }
            self.fields.extend(table.columns.iter().map(|column| column.name.clone()));
            self.tables.push(self.table_facts(schema, table));
        }
    }

    fn table_facts(&self, schema: &str, table: &model::catalog::Table) -> TableFacts {
        let columns = table.columns.iter().map(|column| ColumnFacts {
            name: column.name.clone(),
            kind: column.kind,
            type_name: column.type_name.clone(),
        });
        let rowid = match table.primary_key.as_slice() {
            [key] => table
                .column(key)
                .filter(|column| column.type_name.eq_ignore_ascii_case("integer"))
                .map(|column| column.name.clone()),
            _ => None,
        };
        let is_view = matches!(table.kind, TableKind::View | TableKind::MaterializedView);
        let view = is_view.then(|| self.view(table.definition.as_deref()));
        TableFacts {
            schema: schema.to_owned(),
            name: table.name.clone(),
            kind: table.kind,
            columns: columns.collect(),
            indexes: table
                .indexes
                .iter()
                .map(|index| {
                    let predicate = index.predicate.iter();
                    (index.name.clone(), index.columns.iter().chain(predicate).cloned().collect())
                })
                .collect(),
            key: table.primary_key.clone(),
            rowid,
            view,
            parents: Vec::new(),
            children: Vec::new(),
        }
    }

    fn view(&self, definition: Option<&str>) -> Checked<View> {
        let Some(definition) = definition else {
            return Err(Fault::whole("view", "its definition is not known"));
        };
        let (query, columns) = parse::view(definition, self.flavour)?;
        Ok(View { query, columns })
    }

    fn read_parents(&mut self, catalog: &Catalog) {
        for (child, (_, table)) in catalog.tables().enumerate() {
            for (schema, name) in &table.parents {
                if let Some(parent) = self.table(schema, name) {
                    self.tables[child].parents.push(parent);
                    self.tables[parent].children.push(child);
                }
            }
        }
    }

    fn read_routines(&mut self, catalog: &Catalog) {
        for routine in catalog.schemas.iter().flat_map(|schema| &schema.routines) {
            let language = routine.language.to_ascii_lowercase();
            match routine.kind {
                RoutineKind::Function
                | RoutineKind::Procedure
                | RoutineKind::Aggregate
                | RoutineKind::Window => {
                    self.routines.entry(routine.name.to_lowercase()).or_default().push(language);
                }
                RoutineKind::Operator => {
                    let symbol = routine.name.clone();
                    let built_in = functions::built_in(self.flavour, bare(&routine.result));
                    // An extension's C, or a built-in function that anybody may call.
                    let harmless = language == "c" || (language == "internal" && built_in);
                    self.operators.entry(symbol).or_default().push(harmless);
                }
                RoutineKind::Cast if language == "c" || language == "internal" => {}
                RoutineKind::Cast => {
                    let types = routine.arguments.split(", ").map(|ty| bare(ty).to_owned());
                    self.casts.push(CastFacts {
                        types: types.chain([bare(&routine.name).to_owned()]).collect(),
                        function: routine.result.clone(),
                        implicit: routine.name != "explicit cast",
                    });
                }
            }
        }
    }

    /// Names as this server compares them.
    pub fn fold(&self, name: &str) -> String {
        match self.flavour {
            Flavour::Postgres => name.to_owned(),
            Flavour::Sqlite => name.to_ascii_lowercase(),
            Flavour::MySql | Flavour::MariaDb => name.to_lowercase(),
        }
    }

    pub fn same(&self, a: &str, b: &str) -> bool {
        match self.flavour {
            Flavour::Postgres => a == b,
            Flavour::Sqlite => a.eq_ignore_ascii_case(b),
            Flavour::MySql | Flavour::MariaDb => {
                a.eq_ignore_ascii_case(b) || a.to_lowercase() == b.to_lowercase()
            }
        }
    }

    /// The table of this schema; `None` also when two differ in case only.
    pub fn table(&self, schema: &str, name: &str) -> Option<usize> {
        let found = self.by_name.get(&(self.fold(schema), self.fold(name)))?;
        match found.as_slice() {
            [one] => Some(*one),
            many => many.iter().copied().find(|id| self.tables[*id].name == name),
        }
    }

    /// The table that an unqualified name means.
    pub fn unqualified(&self, name: &str) -> Option<usize> {
        self.search_path.iter().find_map(|schema| self.table(schema, name))
    }

    pub fn has_schema(&self, schema: &str) -> bool {
        self.schemas.contains(&self.fold(schema))
    }

    pub fn index_table(&self, index: &str) -> Option<usize> {
        self.indexes.get(&self.fold(index)).copied()
    }

    /// The languages of the user's functions with this name; empty: there is none.
    pub fn routine(&self, name: &str) -> &[String] {
        self.routines.get(&name.to_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// Some table or composite type has a column of this name.
    pub fn is_field(&self, name: &str) -> bool {
        self.fields.contains(name)
    }

    /// Operators of this symbol that users made: harmless or not.
    pub fn operator(&self, symbol: &str) -> &[bool] {
        self.operators.get(symbol).map_or(&[], Vec::as_slice)
    }

    /// The types of this name that users made.
    pub fn user_types(&self, name: &str) -> &[TypeFacts] {
        self.types.get(&self.fold(name)).map_or(&[], Vec::as_slice)
    }

    /// The names of all domains.
    pub fn domains(&self) -> impl Iterator<Item = &str> {
        let is_domain = |types: &[TypeFacts]| types.iter().any(|ty| ty.kind == "domain");
        self.types.iter().filter(move |(_, types)| is_domain(types)).map(|(name, _)| name.as_str())
    }

    /// A virtual table of SQLite whose storage this table is.
    pub fn shadowed(&self, schema: &str, name: &str) -> Option<usize> {
        const PARTS: [&str; 12] = [
            "content", "data", "idx", "docsize", "config", "segments", "segdir", "stat", "node",
            "parent", "rowid", "row",
        ];
        let (stem, part) = name.rsplit_once('_')?;
        let id = self
            .table(schema, stem)
            .filter(|_| PARTS.contains(&part.to_ascii_lowercase().as_str()))?;
        (self.tables[id].kind == TableKind::Virtual).then_some(id)
    }

    /// Tables of this name in any schema.
    pub fn alike_named<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f TableFacts> {
        self.tables.iter().filter(move |table| table.name.eq_ignore_ascii_case(name))
    }

    /// Tables with names close to what was written.
    pub fn alike<'f>(&'f self, name: &str) -> impl Iterator<Item = &'f TableFacts> + use<'f> {
        let wanted = name.to_lowercase();
        self.tables.iter().filter(move |table| {
            let known = table.name.to_lowercase();
            known.contains(&wanted) || wanted.contains(&known) || common(&known, &wanted)
        })
    }
}

impl TableFacts {
    /// Indexes in which one of these columns has a part: their order tells of its values.
    pub fn indexes_over(&self, columns: &[String]) -> Vec<&str> {
        let touches = |part: &String| {
            let part = part.to_lowercase();
            columns.iter().any(|column| part.contains(column.as_str()))
        };
        self.indexes
            .iter()
            .filter(|(_, parts)| parts.is_empty() || parts.iter().any(touches))
            .map(|(name, _)| name.as_str())
            .collect()
    }
}

/// `name` of `schema.name` or `"name"`.
/// The name of a type, or of the items of an array type, without its schema.
pub(crate) fn of_one(type_name: &str) -> &str {
    bare(type_name.trim_end_matches("[]"))
}

fn bare(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name).trim_matches('"')
}

/// All but two characters agree from the front or the back.
fn common(a: &str, b: &str) -> bool {
    let front = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    let back = a.chars().rev().zip(b.chars().rev()).take_while(|(x, y)| x == y).count();
    front + back + 2 >= a.chars().count().max(b.chars().count()) && front + back > 2
}

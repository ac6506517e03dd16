//! The schema tree's port, over the open databases' catalogues.

use crate::{
    databases::{Database, Databases, Prepared},
    state::AppState,
};
use app::schema::{
    api::{SchemaEntry, TableDetail, TableEntry},
    port::{SchemaOverview, Schemas},
};
use async_trait::async_trait;
use model::{
    account::Person,
    catalog::{Catalog, CatalogProgress, Schema},
    error::{Problem, ProblemCode},
    id::ConnectionId,
    role::Role,
};
use serde_json::{Map, Value};
use std::sync::Arc;

pub struct SchemasPort {
    databases: Databases,
}

impl SchemasPort {
    #[must_use]
    pub fn new(state: &AppState) -> Self {
        Self { databases: state.databases.clone() }
    }
}

#[async_trait]
impl Schemas for SchemasPort {
    async fn overview(
        &self,
        person: &Person,
        connection: ConnectionId,
    ) -> Result<SchemaOverview, Problem> {
        let database = self.databases.get(person.workspace, connection).await?;
        Ok(match database.prepared() {
            Some(prepared) => {
                let catalog = visible(&database, person, &prepared).await?;
                overview(&catalog, prepared.read_at.clone())
            }
            None => SchemaOverview {
                dialect: database.dialect,
                server_version: String::new(),
                read_at: None,
                search_path: Vec::new(),
                schemas: Vec::new(),
            },
        })
    }

    async fn table(
        &self,
        person: &Person,
        connection: ConnectionId,
        schema: String,
        table: String,
    ) -> Result<TableDetail, Problem> {
        let database = self.databases.get(person.workspace, connection).await?;
        let known = database.known()?;
        let found = visible(&database, person, &known).await?.table(&schema, &table).cloned();
        let table = found.ok_or_else(|| {
            Problem::new(ProblemCode::NotFound, format!("There is no table {schema}.{table}."))
                .hint("Refresh the schema: it may have been dropped.")
        })?;
        let seen = database.seen(person, &known).await?;
        let masks = seen.masks(&schema, &table.name).cloned().unwrap_or_default();
        Ok(TableDetail { table, masks })
    }

    async fn columns(&self, person: &Person, connection: ConnectionId) -> Result<Value, Problem> {
        let database = self.databases.get(person.workspace, connection).await?;
        let catalog = visible(&database, person, &database.known()?).await?;
        let columns = catalog.tables().map(|(schema, table)| {
            let names = table.columns.iter().map(|column| Value::from(column.name.as_str()));
            (format!("{schema}.{}", table.name), Value::Array(names.collect()))
        });
        Ok(Value::Object(columns.collect::<Map<_, _>>()))
    }

    async fn refresh(&self, person: &Person, connection: ConnectionId) -> Result<(), Problem> {
        let database = self.databases.get(person.workspace, connection).await?;
        self.databases.start_introspection(database);
        Ok(())
    }

    async fn progress(
        &self,
        person: &Person,
        connection: ConnectionId,
    ) -> Result<Option<CatalogProgress>, Problem> {
        Ok(self.databases.get(person.workspace, connection).await?.progress())
    }
}

/// What this person sees of the structure. Admins see all of it: they write the policies, and what
/// these hide could not be opened again otherwise. What tables hold is another matter.
async fn visible(
    database: &Database,
    person: &Person,
    known: &Arc<Prepared>,
) -> Result<Arc<Catalog>, Problem> {
    if person.role == Role::Admin {
        return Ok(known.catalog.clone());
    }
    Ok(database.seen(person, known).await?.catalog.clone())
}

fn overview(catalog: &Catalog, read_at: String) -> SchemaOverview {
    SchemaOverview {
        dialect: catalog.dialect,
        server_version: catalog.server_version.clone(),
        read_at: Some(read_at),
        search_path: catalog.search_path.clone(),
        schemas: catalog.schemas.iter().map(entry).collect(),
    }
}

fn entry(schema: &Schema) -> SchemaEntry {
    let tables = schema.tables.iter().map(|table| TableEntry {
        name: table.name.clone(),
        kind: table.kind,
        comment: table.comment.clone(),
        row_estimate: table.row_estimate,
    });
    SchemaEntry {
        name: schema.name.clone(),
        comment: schema.comment.clone(),
        tables: tables.collect(),
    }
}

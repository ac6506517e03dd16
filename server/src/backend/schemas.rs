//! The schema tree's port, over the open databases' catalogues.

use crate::{
    databases::{Databases, Prepared},
    state::AppState,
};
use app::schema::{
    api::{SchemaEntry, TableEntry},
    port::{SchemaOverview, Schemas},
};
use async_trait::async_trait;
use model::{
    account::Person,
    catalog::{CatalogProgress, Schema, Table},
    error::{Problem, ProblemCode},
    id::ConnectionId,
};
use serde_json::{Map, Value};

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
            Some(prepared) => overview(&prepared),
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
    ) -> Result<Table, Problem> {
        let prepared = self.databases.get(person.workspace, connection).await?.known()?;
        prepared.catalog.table(&schema, &table).cloned().ok_or_else(|| {
            Problem::new(ProblemCode::NotFound, format!("There is no table {schema}.{table}."))
                .hint("Refresh the schema: it may have been dropped.")
        })
    }

    async fn columns(&self, person: &Person, connection: ConnectionId) -> Result<Value, Problem> {
        let prepared = self.databases.get(person.workspace, connection).await?.known()?;
        let columns = prepared.catalog.tables().map(|(schema, table)| {
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

fn overview(prepared: &Prepared) -> SchemaOverview {
    let catalog = &prepared.catalog;
    SchemaOverview {
        dialect: catalog.dialect,
        server_version: catalog.server_version.clone(),
        read_at: Some(prepared.read_at.clone()),
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

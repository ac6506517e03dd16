//! What the result pane needs from the server.

use async_trait::async_trait;
use model::{account::Person, chart::ChartSpec, error::Problem, result::ResultColumn};
use serde_json::Value;

#[async_trait]
pub trait Results: Send + Sync {
    /// An ECharts option without data for this chart of these columns.
    async fn chart_option(
        &self,
        person: &Person,
        columns: Vec<ResultColumn>,
        spec: ChartSpec,
    ) -> Result<Value, Problem>;
}

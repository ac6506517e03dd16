//! The result pane's port: chart options.

use crate::state::AppState;
use app::results::port::Results;
use async_trait::async_trait;
use model::{
    account::Person,
    chart::ChartSpec,
    error::{Problem, ProblemCode},
    result::ResultColumn,
};
use serde_json::Value;

pub struct ResultsPort;

impl ResultsPort {
    #[must_use]
    pub fn new(_state: &AppState) -> Self {
        Self
    }
}

#[async_trait]
impl Results for ResultsPort {
    async fn chart_option(
        &self,
        _person: &Person,
        columns: Vec<ResultColumn>,
        spec: ChartSpec,
    ) -> Result<Value, Problem> {
        let drawn = spec.y.iter().chain([&spec.x]).chain(spec.series.iter());
        if spec.y.is_empty() || drawn.into_iter().any(|&at| at as usize >= columns.len()) {
            return Err(Problem::new(
                ProblemCode::Invalid,
                "The chart names a column that the result does not have.",
            ));
        }
        Ok(charts::option(&columns, &spec))
    }
}

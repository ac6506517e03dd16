//! The ECharts option of a chart, without rows.

use crate::BARS;
use charming::{
    Chart,
    component::{Axis, DataZoom, DataZoomType, Grid, Legend, LegendType},
    element::{AreaStyle, AxisType, Label, Tooltip, Trigger},
    series::{Bar, Line, Pie, Scatter, Series},
};
use model::{
    chart::{ChartKind, ChartSpec},
    result::ResultColumn,
};
use serde_json::{Value, json};

/// The option as JSON; README.md says what the browser adds. A spec that does not fit the columns
/// gives an option that only says so (`querent.problem`).
#[must_use]
pub fn option(columns: &[ResultColumn], spec: &ChartSpec) -> Value {
    let Some(parts) = Parts::of(columns, spec) else {
        return json!({"querent": {"problem": "This chart needs columns that the result does not have."}});
    };
    let chart = match spec.kind {
        ChartKind::Pie => pie(&parts),
        _ => axes(&parts),
    };
    let mut option = serde_json::to_value(chart).unwrap_or_default();
    parts.attach(&mut option);
    option
}

/// A spec with its columns looked up.
struct Parts<'a> {
    kind: ChartKind,
    x: (u32, &'a ResultColumn),
    y: Vec<(u32, &'a ResultColumn)>,
    series: Option<u32>,
}

impl<'a> Parts<'a> {
    fn of(columns: &'a [ResultColumn], spec: &ChartSpec) -> Option<Self> {
        let at = |i: u32| columns.get(i as usize).map(|column| (i, column));
        let mut y = spec.y.iter().map(|i| at(*i)).collect::<Option<Vec<_>>>()?;
        if spec.kind == ChartKind::Pie || spec.series.is_some() {
            y.truncate(1);
        }
        let series = match spec.series {
            // A pie has one ring.
            Some(i) if spec.kind != ChartKind::Pie => Some(at(i)?.0),
            _ => None,
        };
        (!y.is_empty()).then_some(Self { kind: spec.kind, x: at(spec.x)?, y, series })
    }

    fn many(&self) -> bool {
        self.y.len() > 1 || self.series.is_some()
    }

    /// Zoned timestamps are printed in forms that ECharts does not parse: they stay labels.
    fn time_axis(&self) -> bool {
        let column = self.x.1;
        let zoned = column.type_name.contains("with time zone") || column.type_name.contains("tz");
        self.kind != ChartKind::Bar && column.kind.is_temporal() && !zoned
    }

    fn axis_type(&self) -> AxisType {
        match self.kind {
            _ if self.time_axis() => AxisType::Time,
            ChartKind::Scatter if self.x.1.kind.is_numeric() => AxisType::Value,
            _ => AxisType::Category,
        }
    }

    /// What charming has no words for: which columns a series draws, and what the browser has to do.
    fn attach(&self, option: &mut Value) {
        let series = option["series"].as_array_mut();
        for (series, (y, _)) in series.into_iter().flatten().zip(&self.y) {
            let (x, y) = if self.series.is_some() { (0, 1) } else { (self.x.0, *y) };
            series["encode"] = match self.kind {
                ChartKind::Pie => json!({"itemName": x, "value": y}),
                _ => json!({"x": x, "y": y}),
            };
        }
        option["dataset"] = json!({});
        let mut querent = serde_json::Map::new();
        let ordered = matches!(self.kind, ChartKind::Line | ChartKind::Area);
        if ordered || self.x.1.kind.is_temporal() {
            querent.insert("sort".into(), self.x.0.into());
        }
        if let Some(by) = self.series {
            let pivot = json!({"x": self.x.0, "y": self.y[0].0, "series": by});
            querent.insert("pivot".into(), pivot);
        }
        option["querent"] = querent.into();
    }
}

fn axes(parts: &Parts<'_>) -> Chart {
    let (trigger, scale) = match parts.kind {
        ChartKind::Scatter => (Trigger::Item, true),
        _ => (Trigger::Axis, false),
    };
    let mut x = Axis::new().type_(parts.axis_type()).name(parts.x.1.name.as_str());
    if parts.kind == ChartKind::Scatter {
        x = x.scale(true);
    }
    let mut y = Axis::new().type_(AxisType::Value).scale(scale);
    if !parts.many() {
        y = y.name(parts.y[0].1.name.as_str());
    }
    let top = if parts.many() { 40 } else { 32 };
    let mut chart = Chart::new()
        .tooltip(Tooltip::new().trigger(trigger))
        .grid(Grid::new().left(16).right(72).top(top).bottom(24).contain_label(true))
        .x_axis(x)
        .y_axis(y);
    if parts.many() {
        chart = chart.legend(Legend::new().type_(LegendType::Scroll).top(0));
    }
    if parts.kind == ChartKind::Bar {
        let last = f64::from(BARS - 1);
        let zoom = DataZoom::new().type_(DataZoomType::Inside).start_value(0).end_value(last);
        chart = chart.data_zoom(zoom);
    }
    for (_, column) in &parts.y {
        chart = chart.series(series(parts, &column.name));
    }
    chart
}

fn series(parts: &Parts<'_>, name: &str) -> Series {
    match parts.kind {
        ChartKind::Scatter => Scatter::new().name(name).symbol_size(8.0).into(),
        ChartKind::Bar => Bar::new().name(name).into(),
        ChartKind::Area => {
            let line = Line::new().name(name).show_symbol(false);
            line.area_style(AreaStyle::new().opacity(0.2)).into()
        }
        ChartKind::Line | ChartKind::Pie => Line::new().name(name).show_symbol(false).into(),
    }
}

fn pie(parts: &Parts<'_>) -> Chart {
    let name = parts.y[0].1.name.as_str();
    let label = Label::new().show(true).formatter("{b}: {d} %");
    let slices = Pie::new().name(name).radius(vec!["0%", "70%"]).label(label);
    Chart::new()
        .tooltip(Tooltip::new().trigger(Trigger::Item))
        .legend(Legend::new().type_(LegendType::Scroll).bottom(0))
        .series(slices)
}

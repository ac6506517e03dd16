// ECharts by parts. Loaded when the first chart is looked at (see app/src/results/chart).
import { BarChart, LineChart, PieChart, ScatterChart } from "echarts/charts";
import {
  AriaComponent,
  DataZoomInsideComponent,
  DatasetComponent,
  GridComponent,
  LegendComponent,
  LegendScrollComponent,
  TooltipComponent,
} from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { isDark, palette } from "./page/colours.js";

echarts.use([
  AriaComponent,
  BarChart,
  CanvasRenderer,
  DataZoomInsideComponent,
  DatasetComponent,
  GridComponent,
  LegendComponent,
  LegendScrollComponent,
  LineChart,
  PieChart,
  ScatterChart,
  TooltipComponent,
]);

// Told apart in both themes and by people who do not see all colours.
const LIGHT = ["#3f51c9", "#0e8a7d", "#c2570c", "#a21caf", "#4d7c0f", "#0369a1", "#be123c", "#78716c"];
const DARK = ["#8c99ff", "#2dd4bf", "#fb923c", "#e879f9", "#a3e635", "#38bdf8", "#fb7185", "#a8a29e"];

/** An empty chart in `host`; it follows the host's size until it is disposed of. */
export function create(host) {
  const chart = echarts.init(host, null, { renderer: "canvas" });
  // Of a category axis: what stands below it.
  let labels = [];
  const observer = new ResizeObserver(() => {
    chart.resize();
    if (labels.length > 0) chart.setOption({ xAxis: { axisLabel: fitted(labels, host.clientWidth) } });
  });
  observer.observe(host);
  return {
    /** Draws an option with its rows; a pivoted source has a series for each column but the first. */
    draw(optionText, sourceText, pivoted) {
      const option = JSON.parse(optionText);
      const source = JSON.parse(sourceText);
      option.dataset = { source };
      if (pivoted) option.series = repeat(option.series[0], source[0]);
      const axis = list(option.xAxis)[0];
      const column = option.series?.[0]?.encode?.x ?? 0;
      labels = axis?.type === "category" ? source.slice(1).map((row) => String(row[column] ?? "")) : [];
      if (labels.length > 0) option.xAxis = { ...axis, axisLabel: fitted(labels, host.clientWidth) };
      chart.setOption(themed(option), { notMerge: true });
    },
    dispose() {
      observer.disconnect();
      chart.dispose();
    },
  };
}

/** Left and right of the plot: margins, the numbers and the name of the axis. */
const BESIDE = 140;
/** Pixels of a character at the size of labels, on average. */
const CHARACTER = 6.5;
/** More categories than this leave no room for every name: ECharts leaves some out. */
const NAMED = 24;

/** How names stand below an axis of this width: side by side, cut short, or aslant. */
function fitted(labels, width) {
  const room = (width - BESIDE) / labels.length;
  const longest = CHARACTER * Math.max(...labels.map((label) => label.length));
  if (longest < room || labels.length > NAMED) return { interval: "auto", rotate: 0, width: undefined };
  // Closer than this the lines of aslant names touch.
  const whole = { interval: room < 18 ? "auto" : 0, overflow: "truncate", ellipsis: "…" };
  return room > 72 ? { ...whole, rotate: 0, width: room - 8 } : { ...whole, rotate: 40, width: 88 };
}

function repeat(series, header) {
  return header.slice(1).map((name, index) => ({
    ...series,
    name: String(name),
    encode: { ...series.encode, x: 0, y: index + 1 },
  }));
}

/** The option in the page's colours and type. */
function themed(option) {
  const colour = palette();
  const [text, muted, line] = [colour("text"), colour("text-muted"), colour("line-soft")];
  const fontFamily = getComputedStyle(document.body).fontFamily;
  const axis = (own) => ({
    ...own,
    axisLine: { ...own.axisLine, lineStyle: { color: colour("line-firm") } },
    axisTick: { ...own.axisTick, lineStyle: { color: colour("line-firm") } },
    axisLabel: { hideOverlap: own.axisLabel?.interval !== 0, ...own.axisLabel, color: muted },
    nameTextStyle: { ...own.nameTextStyle, color: muted },
    splitLine: { ...own.splitLine, lineStyle: { color: line } },
  });
  const each = (value) => (Array.isArray(value) ? value.map(axis) : value && axis(value));
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return {
    ...option,
    animation: !still,
    animationDuration: 250,
    aria: { enabled: true },
    backgroundColor: "transparent",
    color: isDark() ? DARK : LIGHT,
    textStyle: { fontFamily, color: text },
    xAxis: each(option.xAxis),
    yAxis: each(option.yAxis),
    legend: option.legend && list(option.legend).map((own) => ({ ...own, textStyle: { color: text }, pageTextStyle: { color: muted } })),
    tooltip: option.tooltip && {
      ...list(option.tooltip)[0],
      confine: true,
      backgroundColor: colour("bg-raised"),
      borderColor: colour("line-firm"),
      textStyle: { color: text, fontSize: 12 },
    },
    series: option.series?.map((own) => (own.type === "pie" ? { ...own, label: { ...own.label, color: text } } : own)),
  };
}

function list(value) {
  return Array.isArray(value) ? value : [value];
}

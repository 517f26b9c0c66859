// Series over time on a canvas, in place of the small drawing that the server made of the same table.
//
// Invariants: a line joins neighbouring exact values only; what is withheld is a range between two caps, what is missing or
// not shared a sign on the ground line; each series has a mark of its own besides its colour.
import { numbers } from "./numbers.js";
import { palette, whenRecoloured } from "./palette.js";
import { saves } from "./pictures.js";
import { largest, read } from "./series_table.js";

const MARKS = ["circle", "rect", "diamond", "triangle"];
const DASHES = ["solid", "dashed", "dotted", [8, 3, 2, 3]];
const ABSENT = { missing: "…", not_shared: "○" };
const [CAP, HEIGHT, FRAME] = [4, "18rem", 7];
const [MOST_IN_CAPTION, NAME_WIDTH] = [2, 110];
const [WIDE, TALL] = [900, 320];

/** Draw in place of what the figure holds; its caption stays. */
export async function draw(figure) {
  const names = JSON.parse(figure.dataset.names);
  const shown = read(document.querySelector(figure.dataset.table), names);
  const top = largest(shown);
  if (shown.periods.length < 2 || !top) return;
  const { init } = await import("./charts.js");
  const canvas = Object.assign(document.createElement("div"), { className: "canvas", tabIndex: 0 });
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", figure.dataset.label);
  canvas.style.height = HEIGHT;
  const reading = Object.assign(document.createElement("output"), { className: "reading" });
  figure.querySelector("svg")?.remove();
  figure.prepend(canvas, reading);
  figure.hidden = false;
  const chart = init(canvas, null, { renderer: "canvas" });
  const written = numbers(document.documentElement.lang, figure.dataset.currency);
  const isNamed = names.length > MOST_IN_CAPTION;
  const show = () => chart.setOption(options(shown, { top, written, colours: palette(), isNamed }));
  saves(figure.id, (place, colours) => onItsOwn(shown, { top, written, colours, isNamed: false, place }));
  whenRecoloured(show);
  new ResizeObserver(() => chart.resize()).observe(canvas);
  step(canvas, shown, (place) => {
    reading.textContent = said(shown, place);
    chart.dispatchAction({ type: "showTip", seriesIndex: 0, dataIndex: place });
  });
  show();
}

function step(canvas, { periods }, choose) {
  let place = periods.length;
  canvas.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, Home: -periods.length, End: periods.length }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    place = Math.min(periods.length - 1, Math.max(0, place + by));
    choose(place);
  });
}

/** Say one period in words, as the table writes them. */
function said({ periods, series }, place) {
  return [
    periods[place],
    ...series.map(({ name, points }) => `${name}: ${points[place].text}`),
  ].join("\n");
}

/** The chart for a picture: the names stand under it, each beside its line and its mark. */
function onItsOwn(shown, look) {
  const keys = shown.series.map(({ name }, at) => ({
    name,
    mark: markOf(at),
    dash: DASHES[dashOf(at)],
    colour: colourOf(look.colours, at),
  }));
  if (shown.series.some(({ points }) => points.some(({ alarm }) => alarm))) {
    keys.push({ name: look.place.dataset.alarm, mark: "emptyRect", colour: look.colours.alarm });
  }
  return { width: WIDE, height: TALL, option: options(shown, look), keys };
}

function options(shown, { top, written, colours, isNamed }) {
  const letters = { color: colours.quiet, fontFamily: colours.letters, fontSize: 12 };
  return {
    animation: false,
    grid: { left: 8, right: isNamed ? NAME_WIDTH : 16, top: 16, bottom: 8, containLabel: true },
    xAxis: {
      type: "category",
      data: shown.periods,
      boundaryGap: true,
      axisLabel: { ...letters, hideOverlap: true },
      axisLine: { lineStyle: { color: colours.ink } },
      axisTick: { alignWithLabel: true, lineStyle: { color: colours.line } },
    },
    yAxis: {
      type: "value",
      min: 0,
      max: ({ max }) => Math.max(max, top),
      axisLabel: { ...letters, formatter: (value) => written.short(value) },
      splitLine: { lineStyle: { color: colours.line, type: [3, 3] } },
    },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      backgroundColor: colours.panel,
      borderColor: colours.hatch,
      axisPointer: { lineStyle: { color: colours.quiet } },
      textStyle: { color: colours.ink, fontFamily: colours.letters, fontSize: 13 },
      formatter: ([{ dataIndex }]) => said(shown, dataIndex),
    },
    series: shown.series.flatMap(({ name, points }, at) => [
      line(points, at, { colours, name, isNamed }),
      ranges(points, { at, of: shown.series.length, top, colours }),
    ]),
  };
}

function line(points, at, { colours, name, isNamed }) {
  const colour = colourOf(colours, at);
  return {
    type: "line",
    data: points.map(({ low, high }) => (low === high ? low : null)),
    symbol: markOf(at),
    symbolSize: 8,
    showAllSymbol: "auto",
    lineStyle: { color: colour, width: 2, type: DASHES[dashOf(at)] },
    itemStyle: { color: colour },
    emphasis: { disabled: true },
    endLabel: { show: isNamed, formatter: () => name, color: colour, fontFamily: colours.letters, distance: 10 },
  };
}

/** Ranges, signs of what is absent, and alarms: one shape a period, the series side by side. */
function ranges(points, { at, of, top, colours }) {
  const colour = colourOf(colours, at);
  return {
    type: "custom",
    data: points.map((_, place) => [place, 0]),
    renderItem: ({ dataIndex }, api) => {
      const { kind, low, high, alarm } = points[dataIndex];
      const aside = (at - (of - 1) / 2) * CAP * 2;
      const children = [];
      const [x, ground] = api.coord([dataIndex, 0]);
      const put = (text, y, fill) =>
        children.push({
          type: "text",
          x: x + aside,
          y,
          style: { text, fill, font: `12px ${colours.letters}`, align: "center", verticalAlign: "bottom" },
        });
      if (kind in ABSENT) put(ABSENT[kind], ground - 2, colour);
      if (low < high) {
        const end = api.coord([dataIndex, Number.isFinite(high) ? high : top])[1];
        children.push(range(x + aside, api.coord([dataIndex, low])[1], end, { colour, isOpen: !Number.isFinite(high) }));
      }
      if (alarm) {
        const y = api.coord([dataIndex, Number.isFinite(high) ? high : top])[1];
        const shape = { x: x + (low < high ? aside : 0) - FRAME, y: y - FRAME, width: FRAME * 2, height: FRAME * 2 };
        children.push({ type: "rect", shape, style: { fill: "none", stroke: colours.alarm, lineWidth: 2 } });
      }
      return { type: "group", silent: true, children };
    },
  };
}

const markOf = (at) => MARKS[at % MARKS.length];
const dashOf = (at) => Math.floor(at / MARKS.length + at) % DASHES.length;
const colourOf = ({ series }, at) => series[at % series.length];

/** A line between two caps; without an upper bound an arrow in place of the upper cap. */
function range(x, from, to, { colour, isOpen }) {
  const cap = isOpen ? `M${x - CAP} ${to + CAP} L${x} ${to} L${x + CAP} ${to + CAP}` : `M${x - CAP} ${to} H${x + CAP}`;
  return {
    type: "path",
    shape: { pathData: `M${x - CAP} ${from} H${x + CAP} M${x} ${from} V${to} ${cap}` },
    style: { stroke: colour, fill: "none", lineWidth: 2 },
  };
}

// Ranges side by side, from the rows of a table: drawn for a picture only, as the page has the bars in the table itself.
//
// Invariants: a bar is solid up to its lower end and hatched from there to its upper one; without an upper end it goes on
// to the edge and says so by an arrow.
import { numbers } from "./numbers.js";
import { hatching } from "./palette.js";
import { saves } from "./pictures.js";

const [WIDE, ROW, NAMES, NUMBERS, TOP] = [900, 24, 270, 150, 8];
const SIZE = 12;

/** Let the rows marked data-low be saved as a picture, as they stand when it is made. */
export function draw({ id, dataset }) {
  const written = numbers(document.documentElement.lang, dataset.currency);
  saves(id, (_, colours) => {
    const rows = read(document.querySelector(dataset.table));
    return { width: WIDE, height: TOP + ROW * rows.length, option: options(rows, { written, colours, top: topOf(rows, dataset) }), keys: [] };
  });
}

function read(table) {
  return [...table.querySelectorAll("tr[data-low]")].map(({ dataset: { name, low, high } }) => ({
    name,
    low: Number(low),
    high: high === undefined ? Infinity : Number(high),
  }));
}

/** The end of the scale: the one that is stated, else the largest bound that is known. */
function topOf(rows, { top }) {
  return Number(top) || Math.max(1, ...rows.flatMap(({ low, high }) => [low, high]).filter(Number.isFinite));
}

function options(rows, { written, colours, top }) {
  const letters = { color: colours.ink, fontFamily: colours.letters, fontSize: SIZE, width: NAMES - 30, overflow: "truncate" };
  const pattern = hatching(colours);
  return {
    grid: { left: NAMES, right: NUMBERS, top: TOP, bottom: 0 },
    xAxis: { type: "value", min: 0, max: top, show: false },
    yAxis: {
      type: "category",
      inverse: true,
      data: rows.map(({ name }) => name),
      axisLabel: { ...letters, interval: 0 },
      axisTick: { show: false },
      axisLine: { show: false },
    },
    series: [
      {
        type: "custom",
        data: rows.map((_, place) => [0, place]),
        renderItem: ({ dataIndex }, api) => bar(rows[dataIndex], api, { top, written, colours, pattern, dataIndex }),
      },
    ],
  };
}

function bar({ low, high }, api, { top, written, colours, pattern, dataIndex }) {
  const at = (value) => api.coord([Math.min(value, top), dataIndex])[0];
  const y = api.coord([0, dataIndex])[1] - ROW / 4;
  const box = (from, to) => ({ x: from, y, width: Math.max(to - from, 1), height: ROW / 2 });
  const said = low === high ? written.short(low) : written.shortBounds(low, high);
  const children = [{ type: "rect", shape: box(at(0), at(low)), style: { fill: colours.series[0] } }];
  if (low < high) {
    const style = { fill: pattern, stroke: colours.series[0], lineWidth: 1 };
    children.push({ type: "rect", shape: box(at(low), at(high)), style });
  }
  const text = { text: `${said}${Number.isFinite(high) ? "" : " →"}`, fill: colours.ink, font: `${SIZE}px ${colours.letters}` };
  const place = { x: at(high) + 8, y: y + ROW / 4 };
  children.push({ type: "text", ...place, style: { ...text, align: "left", verticalAlign: "middle" } });
  return { type: "group", children };
}

// How a score came about, from the rows of a table: drawn for a picture only, as the page has the bars in the table itself.
//
// Invariants: each step begins where the last one ended; what adds and what takes away are told apart by a sign before the
// number and not by colour alone; the scale begins where the levels do, so that the values at both ends are marks and not
// bars, whose lengths would be compared.
import { numbers } from "./numbers.js";
import { saves } from "./pictures.js";

const [WIDE, ROW, NAMES, NUMBERS, TOP] = [900, 24, 270, 110, 8];
const SIZE = 12;
const MARK = 3;
const MINUS = "\u2212";

/** Let the rows marked data-step be saved as a picture, as they stand when it is made. */
export function draw({ id, dataset }) {
  const { short } = numbers(document.documentElement.lang, "");
  saves(id, (_, colours) => {
    const rows = levelsOf(document.querySelector(dataset.table), dataset);
    return { width: WIDE, height: TOP + ROW * rows.length, option: options(rows, { short, colours }), keys: [] };
  });
}

/** The start, each step from where the last one ended, and the end. */
function levelsOf(table, { start, startName, endName }) {
  let level = Number(start);
  const steps = [...table.querySelectorAll("tr[data-step]")].map(({ dataset: { name, step } }) => {
    const from = level;
    level += Number(step);
    return { name, from, to: level, step: Number(step) };
  });
  return [{ name: startName, to: Number(start) }, ...steps, { name: endName, to: level }];
}

function options(rows, { short, colours }) {
  const letters = { color: colours.ink, fontFamily: colours.letters, fontSize: SIZE, width: NAMES - 30, overflow: "truncate" };
  const levels = rows.map(({ to }) => to);
  return {
    grid: { left: NAMES, right: NUMBERS, top: TOP, bottom: 0 },
    xAxis: { type: "value", min: Math.min(...levels), max: Math.max(...levels), show: false },
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
        data: rows.map(({ to }, place) => [to, place]),
        renderItem: ({ dataIndex }, api) => drawn(rows[dataIndex], api, { short, colours, dataIndex }),
      },
    ],
  };
}

/** One step as a bar with its points, or the value at an end as a mark. */
function drawn({ from, to, step }, api, { short, colours, dataIndex }) {
  const isEnd = step === undefined;
  const [[right, middle], [left]] = [api.coord([to, dataIndex]), api.coord([from ?? to, dataIndex])];
  const wide = Math.max(Math.abs(right - left), isEnd ? MARK : 1);
  const high = isEnd ? (ROW * 3) / 4 : ROW / 2;
  const shape = { x: Math.min(left, right), y: middle - high / 2, width: wide, height: high };
  const fill = isEnd ? colours.ink : colours.series[step < 0 ? 0 : 1];
  const said = isEnd ? short(to) : `${signOf(step)}${short(Math.abs(step))}`;
  const style = { text: said, fill: colours.ink, font: `${SIZE}px ${colours.letters}`, align: "left", verticalAlign: "middle" };
  return {
    type: "group",
    children: [
      { type: "rect", shape, style: { fill } },
      { type: "text", x: shape.x + wide + 8, y: middle, style },
    ],
  };
}

function signOf(step) {
  if (step === 0) return "";
  return step < 0 ? MINUS : "+";
}

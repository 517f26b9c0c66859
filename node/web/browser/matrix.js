// The matrix of corridors on a canvas, with every period under one slider.
//
// Invariants: the server's table stays behind it and says the same; a cell is told apart by pattern and sign, not by colour
// alone; the period stands in the address.
import * as corridors from "./corridors.js";
import { cellsOf } from "./matrix_cells.js";
import { numbers } from "./numbers.js";
import { hatching, palette, whenRecoloured } from "./palette.js";
import { saves } from "./pictures.js";
import { slider } from "./slider.js";

const [LEAST_ROW, MOST_ROW, MOST_WIDTH, EDGE, TOP] = [14, 34, 112, 44, 30];
const [LEAST_PICTURE, CELL_WIDTH, CELL_HEIGHT] = [760, 76, 30];
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** Draw into a figure that the server left empty and hidden. */
export async function draw(figure) {
  const [{ init }, answer] = await Promise.all([import("./charts.js"), fetch(figure.dataset.source)]);
  if (!answer.ok) return;
  const matrix = corridors.unpack(await answer.json());
  const view = {
    matrix,
    figure,
    words: JSON.parse(figure.dataset.words),
    areas: JSON.parse(figure.dataset.areas),
    written: numbers(document.documentElement.lang, figure.dataset.currency),
    extent: corridors.extent(matrix),
    period: Math.max(0, matrix.periods.indexOf(figure.dataset.period)),
    chosen: -1,
    places: Array.from({ length: matrix.side ** 2 }, (_, at) => [at % matrix.side, Math.floor(at / matrix.side)]),
  };
  dress(view);
  figure.hidden = false;
  const canvas = Object.assign(document.createElement("div"), { className: "canvas", tabIndex: 0 });
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", view.words.label);
  view.canvas = canvas;
  const reading = Object.assign(document.createElement("output"), { className: "reading" });
  canvas.style.maxWidth = `${EDGE + MOST_WIDTH * matrix.side}px`;
  canvas.style.height = `${TOP + rowHeight(figure, matrix.side) * matrix.side}px`;
  figure.prepend(canvas, reading);
  const chart = init(canvas, null, { renderer: "canvas" });
  const show = () => chart.setOption({ ...options(view), series: [cells(view)] });
  const move = () => chart.setOption({ series: [cells(view)] });
  figure.prepend(slider(view, move));
  listen(view, { canvas, chart, reading, show, move });
  saves(figure.id, (place, colours) => onItsOwn(view, place, colours));
  // a frame each, so that reading the library, the axes and the cells are three tasks and not a long one
  requestAnimationFrame(() => {
    chart.setOption(options(view));
    requestAnimationFrame(show);
  });
  document.querySelector(figure.dataset.table)?.removeAttribute("open");
}

/** The matrix for a picture: of the period that its place speaks of, with room for every number. */
function onItsOwn(view, { dataset }, colours) {
  const { matrix, areas } = view;
  const own = { ...view, colours, period: Math.max(0, matrix.periods.indexOf(dataset.period)), chosen: -1 };
  const inner = CELL_WIDTH * matrix.side;
  const width = Math.max(LEAST_PICTURE, EDGE * 2 + inner);
  const { grid, ...axes } = options(own);
  const series = [cellsOf(own, { colours, pattern: hatching(colours), width: inner })];
  const names = Object.entries(areas).map(([code, name]) => `${code} ${name}`);
  return {
    width,
    height: TOP + CELL_HEIGHT * matrix.side + 1,
    option: { ...axes, grid: { ...grid, right: width - EDGE - inner }, series },
    keys: [{ name: names.join(" · ") }],
    isShaded: true,
  };
}

/** Read the colours once, and again when the reader changes between light and dark. */
function dress(view) {
  view.colours = palette();
  view.pattern = hatching(view.colours);
}

function cells(view) {
  return cellsOf(view, { colours: view.colours, pattern: view.pattern, width: view.canvas.clientWidth - EDGE });
}

function rowHeight(figure, side) {
  return Math.min(MOST_ROW, Math.max(LEAST_ROW, (figure.clientWidth - EDGE) / side));
}

function listen(view, { canvas, chart, reading, show, move }) {
  whenRecoloured(() => {
    dress(view);
    show();
  });
  new ResizeObserver(() => {
    chart.resize();
    show();
  }).observe(canvas);
  const choose = (place) => {
    view.chosen = place;
    reading.textContent = said(view, place);
    move();
  };
  canvas.addEventListener("keydown", (event) => {
    const { side } = view.matrix;
    if (event.key in STEPS) {
      event.preventDefault();
      const [down, right] = STEPS[event.key];
      const [row, column] = view.chosen < 0 ? [0, 0] : [Math.floor(view.chosen / side), view.chosen % side];
      const within = (place) => Math.min(side - 1, Math.max(0, place));
      choose(view.chosen < 0 ? 0 : within(row + down) * side + within(column + right));
    } else if (event.key === "Enter" && view.chosen >= 0) {
      follow(view, view.chosen);
    }
  });
  canvas.addEventListener("blur", () => choose(-1));
  chart.on("click", ({ dataIndex }) => follow(view, dataIndex));
}

/** Open the page of a corridor, in the choice that is shown. */
function follow({ matrix, figure }, place) {
  const [row, column] = [Math.floor(place / matrix.side), place % matrix.side];
  if (row === column) return;
  const address = new URL(figure.dataset.corridor, location.href);
  address.pathname += `/${matrix.members[row]}/${matrix.members[column]}`;
  location.assign(address);
}

/** Say one cell in words. */
function said({ matrix, words, areas, written, period }, place) {
  if (place < 0) return "";
  const at = corridors.start(matrix, period) + place;
  const [row, column] = [Math.floor(place / matrix.side), place % matrix.side].map((one) => matrix.members[one]);
  const between = `${areas[row]} – ${areas[column]}, ${matrix.periods[period]}`;
  const kind = matrix.kinds[at];
  const number = {
    [corridors.EXACT]: () => written.full(matrix.lows[at]),
    [corridors.WITHHELD]: () => `${words[kind]}: ${written.fullBounds(matrix.lows[at], matrix.highs[at])}`,
  }[kind];
  return `${between}: ${number ? number() : words[kind]}`;
}

function options(view) {
  const { matrix, colours } = view;
  const axis = {
    type: "category",
    data: matrix.members,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { interval: 0, color: colours.quiet, fontFamily: colours.letters, fontSize: 12 },
  };
  return {
    animation: false,
    grid: { left: EDGE, right: 1, top: TOP, bottom: 1 },
    xAxis: { ...axis, position: "top" },
    yAxis: { ...axis, inverse: true },
    tooltip: {
      renderMode: "richText",
      confine: true,
      backgroundColor: colours.panel,
      borderColor: colours.hatch,
      textStyle: { color: colours.ink, fontFamily: colours.letters, fontSize: 13 },
      formatter: ({ dataIndex }) => said(view, dataIndex),
    },
  };
}


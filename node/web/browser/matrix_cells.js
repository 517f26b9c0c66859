// The cells of the matrix as shapes: shaded, hatched or empty, each with its number or its sign.
import * as corridors from "./corridors.js";

const LEAST_WIDTH = 46;
const [NUMBER_SIZE, SIGN_SIZE] = [13, 12];
export const SIGNS = {
  [corridors.ZERO]: "0",
  [corridors.WITHHELD]: "▨",
  [corridors.UNBOUNDED]: "▨",
  [corridors.MISSING]: "…",
  [corridors.NOT_SHARED]: "○",
  [corridors.ITSELF]: "",
};

/** Give the series of one period: as many points as the matrix has places. */
export function cellsOf(view, { colours, pattern, width }) {
  const { matrix, period } = view;
  const first = corridors.start(matrix, period);
  const hasRoom = width / matrix.side >= LEAST_WIDTH;
  const fonts = { number: `${NUMBER_SIZE}px ${colours.letters}`, sign: `${SIGN_SIZE}px ${colours.letters}` };
  return {
    type: "custom",
    encode: { x: 0, y: 1 },
    emphasis: { disabled: true },
    data: view.places,
    renderItem: ({ dataIndex }, api) => {
      const [x, y] = api.coord([api.value(0), api.value(1)]);
      const [wide, high] = api.size([1, 1]);
      const box = { x: x - wide / 2 + 1, y: y - high / 2 + 1, width: wide - 2, height: high - 2 };
      const place = first + dataIndex;
      const kind = matrix.kinds[place];
      const children = [{ type: "rect", shape: box, style: ground(view, place, { colours, pattern, dataIndex }) }];
      const text = textOf(view, place, hasRoom);
      const isExact = kind === corridors.EXACT;
      if (text) {
        const style = { text, align: "center", verticalAlign: "middle", font: isExact ? fonts.number : fonts.sign };
        children.push({ type: "text", silent: true, x, y, style: { ...style, fill: isExact ? colours.ink : colours.quiet } });
      } else if (kind === corridors.ITSELF) {
        const shape = { x1: box.x, y1: box.y + box.height, x2: box.x + box.width, y2: box.y };
        children.push({ type: "line", silent: true, shape, style: { stroke: colours.line } });
      }
      return { type: "group", children };
    },
  };
}

function textOf({ matrix, written }, place, hasRoom) {
  const kind = matrix.kinds[place];
  if (kind === corridors.EXACT) return hasRoom ? written.short(matrix.lows[place]) : "";
  if (kind === corridors.WITHHELD && hasRoom) return `▨ ${written.shortBounds(matrix.lows[place], matrix.highs[place])}`;
  return SIGNS[kind];
}

function ground({ matrix, extent, chosen }, place, { colours, pattern, dataIndex }) {
  const kind = matrix.kinds[place];
  const style = { fill: colours.panel, stroke: "transparent", lineWidth: 1 };
  if (kind === corridors.EXACT) {
    style.fill = colours.shades[corridors.shade(matrix.lows[place], extent, colours.shades.length)];
  } else if (kind === corridors.WITHHELD || kind === corridors.UNBOUNDED) {
    Object.assign(style, { fill: pattern, stroke: colours.hatch, lineDash: [3, 2] });
  } else if (kind === corridors.NOT_SHARED) {
    Object.assign(style, { stroke: colours.hatch, lineDash: [1, 3] });
  } else if (kind !== corridors.ITSELF) {
    style.stroke = colours.hatch;
  }
  if (dataIndex === chosen) Object.assign(style, { stroke: colours.focus, lineWidth: 3, lineDash: undefined });
  return style;
}

// A chart as a file of its own: SVG or PNG on light paper, with its title, its choice, what it stands on, and its source.
//
// Invariants: the notes are those of the table that the chart is drawn from, as its export gives them; the lines for people
// stand in the picture, the whole document in the file's metadata; nothing is asked of any other host.
import { onPaper } from "./palette.js";
import { withTexts } from "./png_texts.js";
import { described } from "./svg_texts.js";

const [EDGE, GAP, TITLE, BODY, SMALL] = [20, 10, 20, 14, 12];
const SHARP = 2;
const [NONE, NO_BREAK] = ["-", "\u00a0"]; // what the notes say where there is nothing; a space within a sign
const MOST_BUNDLES = 4;
const SHOWN = ["periods", "released", "coverage", "absent", "behind", "model", "view", "bundle", "made"];

/** Ask for the notes, draw, and hand the file to the browser; raises when the notes are not to be had. */
export async function save(place, drawing, form) {
  const [charts, answer] = await Promise.all([import("./charts.js"), fetch(place.dataset.notes)]);
  if (!answer.ok) throw new Error(answer.statusText);
  const { name, notes, lines } = await answer.json();
  const colours = onPaper();
  const texts = { title: place.dataset.title, chosen: place.dataset.chosen, lines: told(lines, place), notes };
  const chart = drawn(drawing(place, colours), texts, { charts, colours, form, signs: signsBy(place) });
  const file = form === "svg" ? svg(chart, texts) : await png(chart, texts);
  chart.dispose();
  hand(file, `${name}.${form}`);
}

/** The lines that a reader of the picture needs; of many bundles the first ones, and how many more there are. */
function told(lines, { dataset }) {
  const kept = SHOWN.flatMap((about) => lines.filter((line) => line.about === about));
  const bundles = kept.filter((line) => line.about === "bundle");
  const left = bundles.slice(MOST_BUNDLES);
  const shown = kept.filter((line) => !left.includes(line) && line.text !== NONE);
  const said = shown.map(({ label, text }) => `${label}: ${short(text)}`);
  if (left.length) said.push(dataset.more.replace("{number}", left.length));
  return [...said, `${dataset.source} ${location.pathname}${location.search}`];
}

/** Digests and moments as people read them; the file's own notes have them whole. */
function short(text) {
  return text.replace(/sha256:([0-9a-f]{12})[0-9a-f]+/g, "$1").replace(/(\d)T(\d\d:\d\d):\d\d\+00:00/g, "$1 $2");
}

/** The signs of the page's legend with their words; those without a sign are about shades. */
function signsBy(place) {
  const legend = place.closest("section")?.querySelector(".legend") ?? document.querySelector(".legend");
  return [...(legend?.children ?? [])].map((row) => [
    row.querySelector("dt").innerText.trim().replace(/\s+/g, " "),
    row.querySelector("dd").innerText.trim(),
  ]);
}

/** Give a chart of `{ width, height, option, keys, isShaded }` between what stands above and below it. */
function drawn({ width, height, option, keys, isShaded }, { title, chosen, lines }, { charts, colours, form, signs }) {
  const page = pageOf(width, { charts, colours });
  page.write(title, { size: TITLE, bold: true });
  if (chosen) page.write(chosen, { size: BODY, colour: colours.quiet });
  const top = page.at;
  page.skip(height);
  for (const key of keys) page.key(key);
  for (const [sign, words] of signs) {
    if (!sign && isShaded) page.key({ shades: colours.shades, name: words });
  }
  const said = signs.filter(([sign]) => sign).map((sign) => sign.join(NO_BREAK));
  if (said.length) page.write(said.join(" · "), { size: SMALL });
  page.rule();
  for (const line of lines) page.write(line, { size: SMALL, colour: colours.quiet });
  const tall = page.at + EDGE;
  const { grid, ...rest } = option;
  const size = { width, height: tall, devicePixelRatio: SHARP };
  const chart =
    form === "svg"
      ? charts.init(null, null, { ...size, renderer: "svg", ssr: true })
      : charts.init(document.createElement("div"), null, { ...size, renderer: "canvas" });
  const sides = { left: Math.max(grid.left, EDGE), right: Math.max(grid.right, EDGE) };
  const placed = { ...grid, ...sides, top: top + grid.top, bottom: tall - top - height + grid.bottom };
  chart.setOption({ ...rest, grid: placed, tooltip: { show: false }, animation: false, backgroundColor: "#ffffff" });
  for (const part of page.parts) chart.getZr().add(part);
  return chart;
}

/** A column of texts and keys, written from the top; `at` is how far it has come. */
function pageOf(width, { charts: { createSymbol, graphic }, colours }) {
  const page = { at: EDGE, parts: [] };
  const text = (words, x, { size, bold, colour }) =>
    new graphic.Text({
      x,
      y: page.at,
      silent: true,
      style: {
        text: words,
        fill: colour ?? colours.ink,
        font: `${bold ? "600 " : ""}${size}px ${colours.letters}`,
        lineHeight: Math.round(size * 1.4),
        width: width - x - EDGE,
        overflow: "break",
      },
    });
  const put = (part) => {
    page.parts.push(part);
    return part;
  };
  page.skip = (height) => {
    page.at += height + GAP;
  };
  page.write = (words, look, x = EDGE) => {
    page.at += put(text(words, x, look)).getBoundingRect().height + GAP / 2;
  };
  page.rule = () => {
    page.at += GAP / 2;
    const shape = { x1: EDGE, x2: width - EDGE, y1: page.at, y2: page.at };
    put(new graphic.Line({ shape, style: { stroke: colours.line } }));
    page.at += GAP;
  };
  page.key = ({ mark, dash, colour, shades, name }) => {
    if (!mark && !shades) {
      page.write(name, { size: SMALL });
      return;
    }
    const [wide, middle] = [36, page.at + SMALL * 0.7];
    if (shades) {
      for (const [place, fill] of [shades[1], shades[4], shades[8]].entries()) {
        put(new graphic.Rect({ shape: { x: EDGE + place * 12, y: middle - 6, width: 12, height: 12 }, style: { fill } }));
      }
    } else {
      const shape = { x1: EDGE, x2: EDGE + wide, y1: middle, y2: middle };
      if (dash) put(new graphic.Line({ shape, style: { stroke: colour, lineWidth: 2, lineDash: dash } }));
      put(createSymbol(mark, EDGE + wide / 2 - 5, middle - 5, 10, 10, colour));
    }
    page.write(name, { size: SMALL }, EDGE + wide + GAP);
  };
  return page;
}

function svg(chart, texts) {
  return new Blob([described(chart.renderToSVGString(), texts)], { type: "image/svg+xml" });
}

async function png(chart, texts) {
  const canvas = chart.renderToCanvas({ pixelRatio: SHARP, backgroundColor: "#ffffff" });
  const blob = await new Promise((give) => canvas.toBlob(give, "image/png"));
  const bytes = withTexts(new Uint8Array(await blob.arrayBuffer()), {
    Title: texts.title,
    Description: [texts.chosen, ...texts.lines].join("\n"),
    "irac.notes": JSON.stringify(texts.notes),
  });
  return new Blob([bytes], { type: "image/png" });
}

function hand(file, name) {
  const address = URL.createObjectURL(file);
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 0);
}

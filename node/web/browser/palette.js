// The colours and letters of the style sheet, so that a canvas looks like the page around it, light or dark.
const [SHADES, TILE] = [9, 8];

/** Give what the style sheet says now, of the whole page or of one element. */
export function palette(element = document.documentElement) {
  const root = getComputedStyle(element);
  const of = (name) => root.getPropertyValue(`--${name}`).trim();
  return {
    ink: of("ink"),
    quiet: of("quiet"),
    line: of("line"),
    panel: of("panel"),
    soft: of("soft"),
    hatch: of("hatch"),
    focus: of("focus"),
    alarm: of("bad"),
    series: [of("series-a"), of("series-b"), of("good"), of("care")],
    shades: Array.from({ length: SHADES }, (_, place) => of(`s${place + 1}`)),
    letters: getComputedStyle(document.body).fontFamily,
  };
}

/** Give the colours of light paper, whatever the reader's screen is. */
export function onPaper() {
  const paper = Object.assign(document.createElement("div"), { className: "on-paper", hidden: true });
  document.body.append(paper);
  const colours = palette(paper);
  paper.remove();
  // the names of faces go into attributes of an SVG document as they are
  return { ...colours, letters: colours.letters.replaceAll('"', "'") };
}

/** Call when the reader changes between light and dark. */
export function whenRecoloured(draw) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

/** Give a tile of slanting lines: withheld, told apart without colour. An SVG is written without a look at the image. */
export function hatching({ soft, panel, hatch }) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = TILE;
  const brush = tile.getContext("2d");
  brush.fillStyle = soft;
  brush.fillRect(0, 0, TILE, TILE);
  brush.strokeStyle = hatch || panel;
  brush.lineWidth = 1.5;
  brush.beginPath();
  for (const start of [-TILE, 0, TILE]) {
    brush.moveTo(start, TILE);
    brush.lineTo(start + TILE, 0);
  }
  brush.stroke();
  return { image: tile, repeat: "repeat", imageWidth: TILE, imageHeight: TILE };
}

// Begins on every page: draws what the page marks with data-chart, and asks for a chart's module only where one is.
//
// Invariants: a page says everything without this file; what cannot be drawn leaves the page as the server made it.
import "./pictures.js";

const DRAWERS = {
  matrix: () => import("./matrix.js"),
  ranges: () => import("./ranges.js"),
  series: () => import("./series.js"),
  steps: () => import("./steps.js"),
};

for (const place of document.querySelectorAll("[data-chart]")) {
  DRAWERS[place.dataset.chart]().then(({ draw }) => draw(place));
}

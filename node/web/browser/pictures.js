// Pictures to save: every place marked data-picture names a chart, and is shown once that chart can be drawn.
//
// Invariants: nothing is offered that cannot be made; what a picture says of itself is asked of the server when it is
// made, of the very choice that its place names; a failure is said beside the button.
const drawings = new Map();

/** Let the chart of an id be saved. `drawing(place, colours)` gives `{ width, height, option, keys, isShaded }` of it on paper. */
export function saves(id, drawing) {
  drawings.set(id, drawing);
  offer();
}

/** Show the places of charts that can be drawn; again whenever the server wrote places anew. */
export function offer() {
  for (const place of document.querySelectorAll("[data-picture]")) {
    place.hidden = !drawings.has(place.dataset.picture);
  }
}

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-picture] button");
  if (!button) return;
  const place = button.closest("[data-picture]");
  const said = place.querySelector("output");
  said.textContent = "";
  button.disabled = true;
  try {
    const { save } = await import("./picture.js");
    await save(place, drawings.get(place.dataset.picture), button.value);
  } catch {
    said.textContent = place.dataset.failed;
  }
  button.disabled = false;
});

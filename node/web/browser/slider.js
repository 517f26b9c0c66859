// The slider over the periods: the chart follows while it moves; the page and the address when it is let go.
import { offer } from "./pictures.js";

const SETTLES_MS = 250;

/** Give the slider of a view with `period` and `matrix`; `show` draws. */
export function slider(view, show) {
  const { matrix, words, figure } = view;
  const row = Object.assign(document.createElement("label"), { className: "slider" });
  const name = Object.assign(document.createElement("span"), { textContent: words.period });
  const range = Object.assign(document.createElement("input"), {
    type: "range",
    min: 0,
    max: matrix.periods.length - 1,
    step: 1,
    value: view.period,
  });
  const shown = document.createElement("output");
  const say = () => {
    shown.textContent = matrix.periods[view.period];
    range.setAttribute("aria-valuetext", matrix.periods[view.period]);
  };
  let frame = 0;
  let settled = 0;
  range.addEventListener("input", () => {
    view.period = Number(range.value);
    say();
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(show);
    clearTimeout(settled);
    settled = setTimeout(() => follow(figure, matrix.periods[view.period]), SETTLES_MS);
  });
  say();
  row.append(name, range, shown);
  row.hidden = matrix.periods.length < 2;
  figure.closest("main").classList.toggle("slides", matrix.periods.length > 1);
  return row;
}

/** Bring the parts of the page that the server writes to a period; the address keeps it for a colleague. */
async function follow(figure, period) {
  const address = new URL(location.href);
  for (const [name, value] of new URL(figure.dataset.corridor, location.href).searchParams) {
    address.searchParams.set(name, value);
  }
  address.searchParams.set("TIME_PERIOD", period);
  figure.dataset.corridor = figure.dataset.corridor.replace(/TIME_PERIOD=[^&]*/, `TIME_PERIOD=${period}`);
  history.replaceState(null, "", address);
  const answer = await fetch(address);
  if (!answer.ok || answer.redirected || !location.href.includes(`TIME_PERIOD=${period}`)) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-part]")) {
    const other = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
    if (other) {
      if (part.matches("details")) other.open = part.open;
      part.replaceWith(other);
    }
  }
  offer();
}

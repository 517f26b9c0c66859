// Series as they stand in a table of the page: nothing is fetched, so a chart never says more than the table beside it.
//
// Invariants: the oldest period comes first; a point without bounds keeps the reason why there is none.

/** Read the cells marked data-series: `series[n][place]` with `kind`, `low`, `high`, `text` and `alarm`. */
export function read(table, names) {
  const rows = [...table.tBodies[0].rows].filter((row) => row.dataset.period);
  rows.sort((one, other) => (one.dataset.period < other.dataset.period ? -1 : 1));
  const series = names.map((name, at) => ({ name, points: rows.map((row) => point(row, at)) }));
  return { periods: rows.map((row) => row.dataset.period), series };
}

function point(row, at) {
  const cell = row.querySelector(`[data-series="${at}"]`);
  if (!cell) return { kind: "not_shared", low: NaN, high: NaN, text: "", alarm: false };
  const { kind, low, high, alarm } = cell.dataset;
  return {
    kind,
    low: low === undefined ? NaN : Number(low),
    high: high === undefined ? (low === undefined ? NaN : Infinity) : Number(high),
    text: cell.innerText.trim().replace(/[ \t\n]+/g, " "),
    alarm: alarm !== undefined,
  };
}

/** Give the largest bound that is known, so that an interval without an upper one still has an axis. */
export function largest({ series }) {
  const known = series.flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high]));
  return Math.max(0, ...known.filter(Number.isFinite));
}

// Numbers in the reader's language. Money comes in minor units and is divided here, at the edge.
const EN_DASH = "\u2013";
const NO_BREAK = "\u00a0";

/** Give how a measure is written: `short` for a place with little room, `full` with its currency. */
export function numbers(language, currency) {
  const scale = currency ? 100 : 1;
  const compact = new Intl.NumberFormat(language, { notation: "compact", maximumSignificantDigits: 3 });
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  const short = (value) => compact.format(value / scale);
  const full = (value) => whole.format(value / scale) + (currency ? NO_BREAK + currency : "");
  const between = (write) => (low, high) =>
    Number.isFinite(high) ? `${write(low)}${EN_DASH}${write(high)}` : `≥${NO_BREAK}${write(low)}`;
  return { short, full, shortBounds: between(short), fullBounds: between(full) };
}

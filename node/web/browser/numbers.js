// Numbers in the reader's language. Money comes in minor units and is divided here, at the edge.
const EN_DASH = "\u2013";
const NO_BREAK = "\u00a0";
// browsers know little of Kazakh numbers: they are written like Russian ones, but for the word for a thousand
const LIKE = { kk: "ru" };
const WORDS = { kk: ["тыс.", "мың"] };

/** Give how a measure is written: `short` for a place with little room, `full` with its currency. */
export function numbers(language, currency) {
  const scale = currency ? 100 : 1;
  const known = LIKE[language] ?? language;
  const compact = new Intl.NumberFormat(known, { notation: "compact", maximumSignificantDigits: 3 });
  const whole = new Intl.NumberFormat(known, { maximumFractionDigits: 2 });
  const short = (value) => compact.format(value / scale).replace(...(WORDS[language] ?? ["", ""]));
  const full = (value) => whole.format(value / scale) + (currency ? NO_BREAK + currency : "");
  const between = (write) => (low, high) =>
    Number.isFinite(high) ? `${write(low)}${EN_DASH}${write(high)}` : `≥${NO_BREAK}${write(low)}`;
  return { short, full, shortBounds: between(short), fullBounds: between(full) };
}

// The matrix of corridors as the API sends it, unpacked into typed arrays.
//
// Invariants: a place is (period, reporter, counterpart) in that order; what is withheld has bounds and never a value; a
// place without a number holds NaN.
export const EXACT = "v";
export const ZERO = "0";
export const WITHHELD = "w";
export const UNBOUNDED = "h";
export const MISSING = "m";
export const NOT_SHARED = ".";
export const ITSELF = "-";

const HAS_BOUNDS = new Set([EXACT, WITHHELD]);

/** Unpack an answer: `lower` and `upper` hold the bounds of each place, equal where the value is exact. */
export function unpack({ members, periods, kinds, lower, upper }) {
  const lows = new Float64Array(kinds.length).fill(NaN);
  const highs = new Float64Array(kinds.length).fill(NaN);
  let seen = 0;
  for (let place = 0; place < kinds.length; place += 1) {
    if (HAS_BOUNDS.has(kinds[place])) {
      lows[place] = lower[seen];
      highs[place] = upper[seen] ?? Infinity;
      seen += 1;
    } else if (kinds[place] === ZERO) {
      lows[place] = highs[place] = 0;
    }
  }
  return { members, periods, kinds, lows, highs, side: members.length };
}

/** Give the first place of a period. */
export function start(matrix, period) {
  return period * matrix.side * matrix.side;
}

/** Give the smallest and the largest logarithm of the exact values of all periods: one scale for every month. */
export function extent({ kinds, lows }) {
  let [least, most] = [Infinity, -Infinity];
  for (let place = 0; place < kinds.length; place += 1) {
    if (kinds[place] === EXACT && lows[place] > 0) {
      least = Math.min(least, lows[place]);
      most = Math.max(most, lows[place]);
    }
  }
  return [Math.log(least), Math.log(most)];
}

/** Give the shade of a value, 0 to `shades` - 1, on the logarithmic scale of `extent`. */
export function shade(value, [least, most], shades) {
  if (!(most > least)) return Math.floor(shades / 2);
  return Math.round(((shades - 1) * (Math.log(value) - least)) / (most - least));
}

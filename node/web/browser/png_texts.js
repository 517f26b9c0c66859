// Texts inside a PNG file: iTXt chunks in UTF-8 (PNG specification, third edition, 11.3.3.4), before the image data.
const SIGNATURE = 8;
const HEADER = 12 + 13; // length, name and check of IHDR, and its thirteen bytes
const utf8 = new TextEncoder();

/** Give the bytes of the file with a text for each keyword. */
export function withTexts(bytes, texts) {
  const chunks = Object.entries(texts).map(([keyword, text]) => chunk(keyword, text));
  const first = SIGNATURE + HEADER;
  return joined([bytes.subarray(0, first), ...chunks, bytes.subarray(first)]);
}

function chunk(keyword, text) {
  // keyword, no compression, no language, no translated keyword
  const content = joined([utf8.encode("iTXt"), utf8.encode(keyword), new Uint8Array(5), utf8.encode(text)]);
  const whole = new Uint8Array(content.length + 8);
  const view = new DataView(whole.buffer);
  view.setUint32(0, content.length - 4);
  whole.set(content, 4);
  view.setUint32(content.length + 4, check(content));
  return whole;
}

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The cyclic redundancy check of a chunk (PNG specification, annex D). */
function check(bytes) {
  let rest = 0xffffffff;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  }
  return (rest ^ 0xffffffff) >>> 0;
}

// What an SVG file says of itself: a title and a description for those who cannot see it, the notes for programs.
const MARKS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
// what no XML document may hold, whatever a title was made of
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** Give the document with its texts, after the opening tag. */
export function described(drawing, { title, chosen, lines, notes }) {
  const said = [
    `<title>${plain(title)}</title>`,
    `<desc>${plain([chosen, ...lines].join("\n"))}</desc>`,
    `<metadata id="irac.notes">${plain(JSON.stringify(notes))}</metadata>`,
  ].join("");
  return drawing.replace(/<svg[^>]*>/, (opening) => opening + said);
}

function plain(text) {
  return text.replace(FORBIDDEN, "").replace(/[&<>"]/g, (mark) => MARKS[mark]);
}

// Jumping from one finding to the next: two buttons that follow the reader. Without this file each finding links to
// the one after it.

const table = document.querySelector("[data-findings]");
const findings = table ? [...table.querySelectorAll(".finding")] : [];

if (findings.length > 1) {
  const bar = document.createElement("div");
  bar.className = "jump";
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  let at = -1;

  const go = (step) => {
    at = (at + step + findings.length) % findings.length;
    const finding = findings[at];
    finding.focus({ preventScroll: true });
    finding.scrollIntoView({ block: "center", inline: "center" });
    said.textContent = `${at + 1} / ${findings.length}`;
  };

  for (const [name, step] of [["previous", -1], ["next", 1]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet-button";
    button.textContent = table.dataset[name];
    button.addEventListener("click", () => go(at < 0 && step < 0 ? 0 : step));
    bar.append(button);
  }
  bar.append(said);
  table.before(bar);
}

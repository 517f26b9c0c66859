// An upload that shows how far it is: a place to drop the file, the share that was sent, then what the node does with it.
// Without this file the form is sent as it stands. What was chosen stays in the form whatever is answered.

const STAGES = ["reading", "checking", "looking", "keeping"];
const POLL_MS = 700;
const UPLOADS = "/api/v1/uploads";

const form = document.querySelector("form#upload");
const progress = document.getElementById("progress");

function element(name, text = "", attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// The stage of an upload; "" when the node works on it no more, or not yet; null when the node cannot be asked.
async function stageOf(ticket) {
  try {
    const answer = await fetch(UPLOADS, { headers: { Accept: "application/json" } });
    if (!answer.ok) return null;
    const found = (await answer.json()).find((one) => one.ticket === ticket);
    return found ? found.stage : "";
  } catch {
    return null;
  }
}

function showStage(list, stage) {
  const at = STAGES.indexOf(stage);
  for (const item of list.children) {
    const place = STAGES.indexOf(item.dataset.stage);
    item.classList.toggle("passed", place < at);
    if (place === at) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  }
}

// The page of an upload that somebody came back to.
async function follow(ticket, list) {
  const stage = await stageOf(ticket);
  if (stage === "" || stage === "refused") {
    location.reload();
    return;
  }
  if (stage) showStage(list, stage);
  setTimeout(() => follow(ticket, list), POLL_MS);
}

class Sending {
  constructor() {
    this.file = form.querySelector("input[type=file]");
    this.buttons = [...form.querySelectorAll("button")];
    this.isSending = false;
    addEventListener("beforeunload", (event) => {
      if (this.isSending) event.preventDefault();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send(event.submitter);
    });
  }

  say(...what) {
    progress.hidden = false;
    progress.replaceChildren(...what);
  }

  refuse(text, link) {
    const box = element("div", "", { class: "refusal", role: "alert" });
    box.append(element("p", text, { class: "refusal-title" }));
    if (link) {
      const line = element("p");
      line.append(element("a", form.dataset.signIn, { href: "/sign-in?next=/workspace", target: "_blank" }));
      box.append(line);
    }
    this.say(box);
    this.end();
  }

  end() {
    this.isSending = false;
    for (const button of this.buttons) button.disabled = false;
  }

  async send(submitter) {
    const file = this.file.files[0];
    if (file && file.size > Number(form.dataset.maxBytes)) {
      this.refuse(form.dataset.large);
      return;
    }
    for (const button of this.buttons) button.disabled = true;
    const isCheck = submitter?.value === "check";
    // a fresh token: the session may have ended, or begun anew, since the page was opened
    if (!(await this.renew())) return;
    const body = new FormData(form);
    if (isCheck) body.set("act", "check");
    this.post(body, isCheck);
  }

  async renew() {
    let answer;
    try {
      answer = await fetch(form.action);
    } catch {
      this.refuse(form.dataset.lost);
      return false;
    }
    if (new URL(answer.url).pathname !== new URL(form.action).pathname) {
      this.refuse(form.dataset.session, true);
      return false;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const name of ["form_token", "ticket"]) {
      form.elements[name].value = page.querySelector(`form#upload input[name=${name}]`).value;
    }
    return true;
  }

  post(body, isCheck) {
    const request = new XMLHttpRequest();
    const said = element("p", "", { role: "status" });
    const bar = element("progress", "", { max: "100", "aria-label": form.dataset.sending.replace("#", "") });
    this.say(said, bar);
    this.isSending = true;
    let told = -1;
    request.upload.addEventListener("progress", (event) => {
      const share = event.lengthComputable ? Math.floor((100 * event.loaded) / event.total) : 0;
      bar.value = share;
      // a screen reader is told every tenth, not every packet
      if (Math.floor(share / 10) === told) return;
      told = Math.floor(share / 10);
      said.textContent = form.dataset.sending.replace("#", `${share} %`);
    });
    request.upload.addEventListener("load", () => {
      this.isSending = false;
      if (!isCheck) this.watch(body.get("ticket"), request);
    });
    request.addEventListener("error", () => this.refuse(form.dataset.lost));
    request.addEventListener("load", () => this.answered(request, isCheck));
    request.open("POST", form.action);
    request.send(body);
  }

  async watch(ticket, request) {
    const list = element("ol", "", { class: "stages" });
    for (const stage of STAGES) {
      const name = `stage${stage[0].toUpperCase()}${stage.slice(1)}`;
      list.append(element("li", form.dataset[name], { "data-stage": stage }));
    }
    this.say(element("p", form.dataset.sent, { role: "status" }), list);
    while (request.readyState !== XMLHttpRequest.DONE) {
      const stage = await stageOf(ticket);
      if (stage) showStage(list, stage);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  answered(request, isCheck) {
    const went = new URL(request.responseURL);
    if (request.status < 400 && went.pathname !== new URL(form.action).pathname) {
      location.assign(went);
      return;
    }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const refusal = page.querySelector(".refusal");
    const checked = page.querySelector("#checked > section");
    const place = document.getElementById("checked");
    this.end();
    place.replaceChildren();
    if (isCheck && checked) {
      progress.hidden = true;
      place.append(document.importNode(checked, true));
      place.focus();
      place.scrollIntoView();
    } else if (refusal) {
      this.say(document.importNode(refusal, true));
    } else {
      this.refuse(form.dataset.lost);
    }
  }
}

// The whole frame around the file takes a drop; the input itself stays for keyboard and mouse.
function takeDrops(sending) {
  const frame = element("div", "", { class: "drop" });
  sending.file.replaceWith(frame);
  frame.append(sending.file, element("p", form.dataset.drop, { class: "quiet" }));
  for (const name of ["dragenter", "dragover"]) {
    frame.addEventListener(name, (event) => {
      event.preventDefault();
      frame.classList.add("over");
    });
  }
  frame.addEventListener("dragleave", () => frame.classList.remove("over"));
  frame.addEventListener("drop", (event) => {
    event.preventDefault();
    frame.classList.remove("over");
    const dropped = event.dataTransfer.files;
    if (!dropped.length) return;
    const one = new DataTransfer();
    one.items.add(dropped[0]);
    sending.file.files = one.files;
    if (dropped.length > 1) sending.say(element("p", form.dataset.one, { role: "status" }));
  });
}

if (form) takeDrops(new Sending());
else if (progress?.dataset.ticket) follow(progress.dataset.ticket, progress.querySelector(".stages"));

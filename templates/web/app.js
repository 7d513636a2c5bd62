// Keeps a page fresh that the server made. See doc.go beside this file.
"use strict";

const byId = (id) => document.getElementById(id);
const live = byId("live");
const now = () => performance.now();

// --- What is shown -------------------------------------------------------

const day = (d) => d.toDateString();
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const date = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

// Times are those of the reader's zone.
function localize(root) {
  for (const el of root.querySelectorAll("time[datetime]")) {
    const t = new Date(el.dateTime);
    el.title = el.textContent;
    el.textContent = (day(t) === day(new Date()) ? clock : date).format(t);
  }
}

// What was opened or typed is the reader's.
const theirs = (el, name) => name === "open" && el.localName === "details";

function graftAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !theirs(old, name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value && !theirs(old, name)) old.setAttribute(name, value);
  }
  if (old.localName === "progress") old.value = fresh.value;
}

const alike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && a.id === b.id;

// Makes old like fresh. Nodes that are alike stay, and those with an id move.
function graft(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  graftAttributes(old, fresh);
  const stay = new Set([...fresh.children].map((el) => el.id));
  for (const el of [...old.children]) {
    if (el.id && !stay.has(el.id)) el.remove();
  }
  const known = new Map([...old.children].filter((el) => el.id).map((el) => [el.id, el]));
  let at = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    const match = known.get(next.id);
    if (match && match !== at && match.nodeName === next.nodeName) {
      // What stands before it may be only text and nodes without a name.
      while (at && at !== match && !at.id) {
        const gone = at;
        at = at.nextSibling;
        gone.remove();
      }
      if (at !== match) old.insertBefore(match, at);
      else at = match;
    }
    if (match && match.nodeName === next.nodeName) {
      graft(match, next);
      at = match.nextSibling;
    } else if (at && alike(at, next)) {
      graft(at, next);
      at = at.nextSibling;
    } else {
      old.insertBefore(next, at);
    }
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

const said = (root) => [...root.querySelectorAll("[data-say]")].map((el) => el.dataset.say);

// Reads out what is new, once for all.
function announce(before) {
  const fresh = said(live).filter((text) => !before.has(text));
  if (fresh.length === 0) return;
  const more = fresh.length > 3 ? `, and ${fresh.length - 3} more` : "";
  byId("say").textContent = fresh.slice(0, 3).reverse().join(". ") + more;
}

const atEnd = (el) => el.scrollHeight - el.scrollTop - el.clientHeight < 30;
const toEnd = (el) => { el.scrollTop = el.scrollHeight; };

// Shows a new state of the part that changes.
function show(fresh) {
  const before = new Set(said(live));
  const log = byId("lines");
  const follow = !log || atEnd(log);
  const focus = document.activeElement;
  localize(fresh);
  graft(live, fresh);
  if (focus && focus !== document.activeElement && focus.isConnected) focus.focus({ preventScroll: true });
  if (follow && byId("lines")) toEnd(byId("lines"));
  document.title = live.dataset.title;
  for (const frame of ticks.values()) tick(frame);
  announce(before);
}

// --- Percents ------------------------------------------------------------

const ticks = new Map(); // the newest progress frame of each task

function setBar(bar, percent) {
  const text = `${Math.floor(percent)}%`;
  bar.querySelector("progress").value = percent;
  bar.querySelector(".percent").textContent = text;
}

// Moves the bars of a task, unless they show a newer state already.
function tick(frame) {
  const task = byId(`task-${frame.task_id}`);
  if (!task || task.dataset.version >= frame.version) {
    ticks.delete(frame.task_id);
    return;
  }
  ticks.set(frame.task_id, frame);
  const steps = [frame.step, ...(frame.steps || [])].filter(Boolean).map((s) => [s.order, s.progress]);
  for (const [order, percent] of [[0, frame.percent], ...steps]) {
    const bar = task.querySelector(`[data-of="${order}"]`);
    if (bar) setBar(bar, percent);
  }
  if (live.dataset.seq) document.title = document.title.replace(/\d+%/, `${Math.floor(frame.percent)}%`);
}

// --- Asking for the newest state ----------------------------------------

const least = 250; // milliseconds between two questions
let timer, due = Infinity, asking = false, again = false, asked = 0, rest = least;

// Asks soon, but not too often: the longer answers take, the less often.
function ring(wait = least) {
  if (asking) {
    again = true;
    return;
  }
  const at = Math.max(now(), asked + Math.max(wait, rest));
  if (at >= due) return;
  clearTimeout(timer);
  due = at;
  timer = setTimeout(ask, at - now());
}

async function ask() {
  const begin = now();
  due = Infinity;
  asking = true;
  again = false;
  const ok = await refresh();
  asking = false;
  asked = now();
  rest = Math.max(least, 3 * (asked - begin));
  if (socket && (again || !ok)) ring(ok ? least : 2000);
}

const parse = (html) => new DOMParser().parseFromString(html, "text/html");

// Shows the newest state. False if the server does not answer, or cannot.
async function refresh() {
  const url = new URL(location.href);
  url.searchParams.set("fragment", "1");
  try {
    const response = await fetch(url, { headers: { Accept: "text/html" } });
    if (response.status === 429 || response.status >= 500) return false;
    const fresh = parse(await response.text()).getElementById("live");
    if (!fresh) location.reload(); // not logged in any more, or not for these eyes
    else show(fresh);
    return Boolean(fresh);
  } catch {
    return false;
  }
}

// --- The socket ----------------------------------------------------------

const slow = 1000; // milliseconds: what a percent may take to move all else
const idle = 15000; // how often a task that has ended is looked at
const left = 20000; // how often the time that is left is, while nothing happens
let socket, tries = 0;

function connect() {
  const url = new URL(live.dataset.socket, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  url.searchParams.set("notices", "1");
  if (live.dataset.seq) url.searchParams.set("since", live.dataset.seq);
  socket = new WebSocket(url, "herald");
  socket.onopen = () => {
    tries = 0;
    byId("offline").hidden = true;
    ring();
  };
  socket.onmessage = (message) => {
    const frame = JSON.parse(message.data);
    if (frame.type === "notice") {
      notices.tell(frame); // what it is about has rung already
      return;
    }
    if (frame.type === "progress") tick(frame);
    ring(frame.type === "progress" ? slow : least);
  };
  socket.onclose = (event) => {
    socket = undefined;
    if (event.code === 1000) {
      ring();
      setTimeout(revisit, idle);
    } else {
      lost();
    }
  };
}

// A task that has ended may begin anew.
async function revisit() {
  await refresh();
  if (!live.dataset.ended) connect();
  else setTimeout(revisit, idle);
}

function lost() {
  byId("offline").hidden = false;
  const wait = Math.min(10000, 300 * 2 ** tries++) * (0.5 + Math.random() / 2);
  setTimeout(async () => (await refresh()) ? connect() : lost(), wait);
}

// --- Forms ---------------------------------------------------------------

function tell(notice) {
  byId("notice").replaceChildren(...notice.childNodes);
  byId("notice").focus();
}

async function send(form, button) {
  const action = button?.getAttribute("formaction") || form.getAttribute("action");
  const response = await fetch(action, { method: "POST", body: new URLSearchParams(new FormData(form, button)) });
  const page = parse(await response.text());
  const fresh = page.getElementById("live");
  if (!fresh) {
    location.assign(response.redirected ? response.url : location.href);
    return;
  }
  for (const open of live.querySelectorAll("details.ask[open]")) open.open = false;
  show(fresh);
  tell(page.getElementById("notice"));
  if (!socket && live.dataset.socket && !live.dataset.ended) connect();
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!live?.contains(form) || form.method !== "post") return;
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  try {
    await send(form, event.submitter);
  } catch {
    const p = document.createElement("p");
    p.className = "note bad";
    p.textContent = "✕ Herald does not answer. Nothing is known to have changed; try again in a moment.";
    tell({ childNodes: [p] });
  }
  delete form.dataset.busy;
});

localize(document);
if (live?.dataset.socket) {
  if (byId("lines")) toEnd(byId("lines"));
  if (live.dataset.ended) setTimeout(revisit, idle);
  else connect();
  setInterval(() => socket && !document.hidden && live.querySelector("#left, [data-left]") && ring(), left);
  addEventListener("pageshow", (event) => event.persisted && ring());
}

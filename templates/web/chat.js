// A conversation with Herald, in a corner of each page. See doc.go beside this file.
"use strict";

(() => {
  const opener = byId("chat-open"), panel = byId("chat"), log = byId("chat-log"), hello = byId("chat-hello");
  const form = byId("chat-form"), field = byId("chat-text"), room = byId("chat-room");
  if (!panel) return; // nobody has logged in

  const name = "herald.chat";
  const most = 50; // turns that are kept
  const patience = 30000; // milliseconds that an answer may take
  const pause = 1000; // milliseconds before what was lost goes once more
  const recent = 60000; // milliseconds in which a page goes on waiting for what the last one asked
  const known = 23 * 3600 * 1000; // milliseconds for which the server surely knows a message again: it says a day
  const few = 200; // characters left from which on their number is shown

  const words = {
    lost: "Herald does not answer. It may have heard you all the same: “Try again” is safe, nothing is done twice.",
    old: "This was never answered. Ask again to see how things are now.",
    logout: "You are not logged in any more, and nothing was done. Log in, then press “Try again”.",
    broken: "Something went wrong on Herald’s side. Try again in a moment.",
    busy: "Herald has too much to do.",
    again: "Try again", login: "Log in", task: "Open the task", open: "Open",
    left: (n) => (n === 1 ? "1 character left" : `${n} characters left`),
    wait: (seconds) => (seconds > 1 ? ` Wait ${seconds} seconds, then try again.` : " Then try again."),
  };

  // --- What is remembered: in this tab, and of this person only -------------

  // A name that nobody has had. Not every page comes over HTTPS, which randomUUID needs.
  function fresh() {
    if (crypto.randomUUID) return crypto.randomUUID();
    return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  const blank = () => ({ person: notices.person, conversation: fresh(), open: false, draft: "", turns: [] });

  // A turn is {body, label, at}: what was sent, as the person sees it, and when. Once it
  // is answered it has reply, and used, which of its buttons have been; or trouble.
  function recall() {
    try {
      const was = JSON.parse(sessionStorage.getItem(name));
      if (was.person === notices.person && Array.isArray(was.turns)) return was;
    } catch {
      // there is nothing, or it is nothing of ours
    }
    return blank();
  }

  // Keeps as much as there is room for.
  function keep() {
    for (const count of [most, 10, 1]) {
      try {
        sessionStorage.setItem(name, JSON.stringify({ ...state, draft: field.value, turns: state.turns.slice(-count) }));
        return;
      } catch {
        // too much, or this browser keeps nothing: then it lasts as long as the page
      }
    }
  }

  let state = recall();
  const turnOf = (id) => state.turns.find((turn) => turn.body.id === id);

  // --- How it looks: texts of others are only ever text ---------------------

  function el(tag, props, ...inside) {
    const node = Object.assign(document.createElement(tag), props);
    node.append(...inside.filter(Boolean));
    return node;
  }

  const text = (tag, what, className = "") => what && el(tag, { dir: "auto", className, textContent: what });
  const list = (items) => items.length > 0 && el("ul", {}, ...items);

  // Where a link leads, "" for nowhere. Pages of tasks are ours by whatever name the
  // reader reached the server, and the session is of that name.
  function target(link) {
    if (!link || !URL.canParse(link, location.href)) return "";
    const url = new URL(link, location.href);
    if (!/^https?:$/.test(url.protocol)) return "";
    return url.pathname.startsWith("/tasks/") ? url.pathname + url.search + url.hash : url.href;
  }

  const anchor = (link, label) => target(link) && el("a", { href: target(link), textContent: label });

  // A pause is drawn by app.css: not every system has a sign for it.
  const signed = (symbol) => ({ dir: "auto", className: symbol === "⏸" ? "s-paused" : "" });
  const sign = (symbol) => (symbol ? [el("span", { className: "symbol", textContent: symbol }), " "] : []);

  function lineOf({ symbol, text: what, note }) {
    return el("li", signed(symbol), ...sign(symbol), text("bdi", what), note && el("small", { textContent: ` (${note})` }));
  }

  function askOf(ask) {
    const effects = (ask.effects || []).map((effect) => text("li", effect, "dot"));
    if (ask.more) effects.push(text("li", `+${ask.more}`));
    return [text("p", ask.head), text("p", ask.prompt, "prompt"), list(effects), text("p", ask.risk), text("p", ask.who), text("p", ask.until?.text)];
  }

  function cardOf(card, head) {
    const { alarm, ask, error: fault, outcome, reason, now, lines = [], more, message, left, took } = card;
    const shown = lines.map(lineOf);
    if (more) shown.push(text("li", `+${more}`, "soft"));
    return [
      card.head !== head && text("p", card.head), text("p", alarm && `⚠ ${alarm.text}`), ...(ask ? askOf(ask) : []),
      text("p", fault?.where), text("p", fault?.text), text("p", outcome?.text), text("p", reason), text("p", fault?.advice),
      text("p", now), list(shown), text("p", message), text("p", left), text("p", took),
    ];
  }

  function itemOf({ number, symbol, title, text: more, link }) {
    const titled = anchor(link, title) || text("bdi", title);
    return el("li", signed(symbol), number && `${number}. `, ...sign(symbol), titled, text("span", more, "more"));
  }

  function buttonOf(turn, button, index) {
    const style = { primary: "main-button", danger: "danger" }[button.style] || "";
    const node = el("button", { type: "button", dir: "auto", className: style, textContent: button.label, disabled: (turn.used || []).includes(index) });
    node.addEventListener("click", () => press(turn.body.id, index));
    return node;
  }

  function replyOf(turn) {
    const { lang, text: said, card, details = [], items = [], plus, output = [], after = [], hint, buttons = [], link } = turn.reply;
    const inside = [
      text("p", said, "said"), ...(card ? cardOf(card, said) : []), ...details.map((d) => text("p", d)), list(items.map(itemOf)), text("p", plus, "soft"),
      output.length > 0 && el("pre", { tabIndex: 0, dir: "auto", className: output.includes("…") ? "gap" : "", textContent: output.join("\n") }), ...after.map((a) => text("p", a)),
      buttons.length > 0 ? el("div", { className: "actions" }, ...buttons.map((b, i) => buttonOf(turn, b, i))) : text("p", hint, "soft"),
      !here(link) && anchor(link, target(link).startsWith("/tasks/") ? words.task : words.open),
    ];
    return el("div", { className: "bubble herald", lang: lang || "" }, text("span", "Herald: ", "unseen"), ...inside);
  }

  // The page that is open already needs no link.
  const here = (link) => target(link) === location.pathname;

  function troubleOf({ body, trouble }) {
    const again = trouble.again && el("button", { type: "button", textContent: words.again });
    if (again) again.addEventListener("click", () => retry(body.id));
    const login = trouble.login && el("a", { href: `/login?next=${encodeURIComponent(location.pathname + location.search)}`, className: "button", textContent: words.login });
    return el("div", { className: "bubble herald trouble" }, el("p", {}, "✕ ", text("bdi", trouble.say)), (login || again) && el("div", { className: "actions" }, login, again));
  }

  function answerOf(turn) {
    if (turn.reply) return replyOf(turn);
    if (turn.trouble) return troubleOf(turn);
    return el("p", { className: "bubble herald wait", ariaHidden: "true" }, ...[1, 2, 3].map(() => el("span", { textContent: "." })));
  }

  function draw(turn) {
    const mine = el("p", { className: "bubble mine", dir: "auto" }, text("span", "You: ", "unseen"), turn.label);
    const node = el("div", { className: "turn" }, mine, answerOf(turn));
    node.dataset.id = turn.body.id;
    log.append(node);
    while (log.querySelectorAll(".turn").length > most) log.querySelector(".turn").remove();
    hello.hidden = true;
    log.scrollTop = log.scrollHeight;
  }

  // Of an output the newest line matters most, which is the last, unless errors stand
  // before a gap.
  function newest(node) {
    for (const pre of node.querySelectorAll("pre:not(.gap)")) pre.scrollTop = pre.scrollHeight;
  }
  const nodeOf = (id) => log.querySelector(`[data-id="${CSS.escape(id)}"]`);

  // Shows what has become of a turn. A long answer is shown from its beginning.
  function redraw(turn) {
    const node = nodeOf(turn.body.id);
    if (!node) return;
    node.lastChild.replaceWith(answerOf(turn));
    newest(node);
    log.scrollTop = node.offsetTop - 8;
  }

  // --- How it is sent -------------------------------------------------------

  const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

  function sentence(detail) {
    return detail && detail[0].toUpperCase() + detail.slice(1) + (/[.!?]$/.test(detail) ? "" : ".");
  }

  // What is wrong, in words, and what can be done about it.
  function refusal(response, problem) {
    if (response.status === 401) return { say: words.logout, login: true, again: true };
    const detail = sentence(problem.detail);
    if (response.status === 429) return { say: (detail || words.busy) + words.wait(Number(response.headers.get("Retry-After"))), again: true };
    return { say: detail || words.broken, again: !detail || response.status >= 500 };
  }

  async function post(body) {
    const response = await fetch("/api/chat", {
      method: "POST", headers: { Accept: "application/json", "Content-Type": "application/json" },
      body: JSON.stringify(body), signal: AbortSignal.timeout(patience),
    });
    if ([502, 503, 504].includes(response.status)) throw new Error("not reached");
    const json = response.headers.get("Content-Type")?.includes("json");
    const answer = json ? await response.json() : {};
    if (response.ok && answer.reply) return { reply: answer.reply };
    return { trouble: refusal(response, answer) };
  }

  // Sends a message. What may have been lost goes once more, with the same id: what it
  // asks for is done once.
  async function talk(body) {
    try {
      return await post(body);
    } catch {
      await sleep(pause);
    }
    return post(body).catch(() => ({ trouble: { say: words.lost, again: true } }));
  }

  let line = Promise.resolve();

  // Waits for an answer, after those to what was said before.
  function queue(id) {
    line = line.then(async () => {
      const turn = turnOf(id);
      if (turn) settle(id, await talk(turn.body));
    }).catch((problem) => console.error("chat:", problem)); // the next one is sent all the same
  }

  function settle(id, outcome) {
    const turn = turnOf(id);
    if (!turn || turn.reply) return;
    Object.assign(turn, outcome);
    if (turn.trouble && !turn.trouble.again) field.value ||= turn.body.text || ""; // to be said otherwise
    keep();
    redraw(turn);
  }

  // The task whose page this is, if it is one.
  const task = () => document.querySelector("#live > article.task")?.id.replace(/^task-/, "");

  function send(what, label) {
    const turn = { body: { ...what, conversation: state.conversation, task: task(), id: fresh() }, label, at: Date.now() };
    state.turns = [...state.turns, turn].slice(-most);
    keep();
    draw(turn);
    queue(turn.body.id);
  }

  // Keeps the keyboard where it was of use: a phone's own would cover the answer.
  function refocus() {
    if (matchMedia("(pointer: coarse)").matches) log.focus({ preventScroll: true });
    else field.focus();
  }

  // Of an answer's tickets one is used. What only says something can be said beside.
  function press(id, index) {
    const turn = turnOf(id);
    const { press: ticket, say, label } = turn.reply.buttons[index];
    const gone = turn.reply.buttons.flatMap((other, i) => (i === index || (ticket && other.press) ? [i] : []));
    turn.used = [...(turn.used || []), ...gone];
    nodeOf(id).querySelectorAll(".actions button").forEach((node, i) => { node.disabled ||= gone.includes(i); });
    send(ticket ? { press: ticket } : { text: say }, label);
    refocus();
  }

  function retry(id) {
    const turn = turnOf(id);
    delete turn.trouble;
    redraw(turn);
    queue(id);
    refocus();
  }

  // --- The panel ------------------------------------------------------------

  function show(open) {
    panel.open = opener.hidden = state.open = open;
    if (!open) return;
    newest(log);
    log.scrollTop = log.scrollHeight;
  }

  function close() {
    const inside = panel.contains(document.activeElement);
    show(false);
    keep();
    if (inside) opener.focus();
  }

  opener.addEventListener("click", () => {
    show(true);
    keep();
    field.focus();
  });
  byId("chat-close").addEventListener("click", close);
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) close();
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = field.value.trim();
    if (said) send({ text: said }, said);
    field.value = "";
    count();
    field.focus();
  });
  // Enter sends, with Shift it begins a line. Keyboards of phones tell of no key, but of
  // what they are about to do.
  let shifted = false;
  function enter(event) {
    event.preventDefault();
    form.requestSubmit();
  }
  field.addEventListener("keydown", (event) => {
    shifted = event.shiftKey;
    if (event.key === "Enter" && !shifted && !event.isComposing) enter(event);
  });
  field.addEventListener("beforeinput", (event) => {
    if (event.inputType === "insertLineBreak" && !shifted) enter(event);
  });
  hello.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    send({ text: button.value }, button.textContent);
    refocus();
  });

  function count() {
    const left = field.maxLength - field.value.length;
    room.textContent = left < few ? words.left(left) : "";
  }
  field.addEventListener("input", count);

  // Keeps above a phone's keyboard, which covers what stands at the bottom.
  function fit() {
    const { height, offsetTop, scale } = visualViewport;
    const covered = scale > 1.01 ? 0 : Math.max(0, innerHeight - height - offsetTop);
    panel.style.setProperty("--covered", `${Math.round(covered)}px`);
  }
  visualViewport?.addEventListener("resize", fit);
  visualViewport?.addEventListener("scroll", fit);

  // --- From page to page ----------------------------------------------------

  // Goes on with what was asked on the page before, if that is not long ago: what was
  // wanted then might surprise now.
  function resume(turn) {
    const age = turn.reply ? 0 : Date.now() - turn.at;
    if (age > known) turn.trouble = { say: words.old };
    else if (age > recent) turn.trouble ||= { say: words.lost, again: true };
    draw(turn);
    if (!turn.reply && !turn.trouble) queue(turn.body.id);
  }

  function restore() {
    state = recall();
    log.replaceChildren(hello);
    hello.hidden = false;
    field.value ||= state.draft || "";
    count();
    state.turns.forEach(resume);
    show(state.open && matchMedia("(min-width: 40rem)").matches); // on a phone it would hide the page
  }

  restore();
  addEventListener("pagehide", keep);
  addEventListener("pageshow", (event) => event.persisted && restore());
  document.querySelector(".person form")?.addEventListener("submit", () => {
    state = blank();
    field.value = "";
  });
})();

import { style } from "./element-style.js";
import { clean, left, percentOf, signOf, took } from "./words.js";

const most = 12; // steps that are shown at once
const around = 3; // steps before and after the current one, of a longer plan

const ended = new Set(["completed", "failed", "cancelled"]);

/** Makes an element. Data only ever becomes text. */
function make(name, attributes = {}, ...children) {
  const el = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) el.setAttribute(key, value);
  }
  el.append(...children);
  return el;
}

/** A text in the direction of its own letters. */
const own = (text) => make("bdi", {}, clean(text));

/** What the element shows of a task. */
export class View {
  #card = make("article", { part: "card", "aria-labelledby": "title" });
  #title = make("p", { id: "title", class: "title", part: "title", role: "heading", "aria-level": "3", dir: "auto" });
  #state = make("p", { class: "state", part: "status" });
  #bar = new Bar({ class: "head", part: "bar" });
  #texts = make("div");
  #steps = make("ol", { class: "steps", part: "steps", "aria-label": "Steps" });
  #link = make("a", { part: "link" }, "Open in Herald");
  #trouble = make("span", { class: "soft", part: "trouble", hidden: "" });
  #say = make("p", { class: "unseen", role: "status", "aria-live": "polite" });
  #rows = new Map(); // by order
  #said = "";

  /** @param {ShadowRoot} root */
  constructor(root) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
    this.#card.append(this.#title, this.#state, this.#bar.el, this.#texts, this.#steps, make("p", { class: "foot" }, this.#link, this.#trouble));
    root.append(this.#card, this.#say);
    this.empty("…");
  }

  /** Shows that there is no task to show, and why. */
  empty(why, href) {
    this.#card.className = "";
    this.#title.replaceChildren(why);
    this.#state.replaceChildren();
    this.#texts.replaceChildren();
    this.#bar.el.hidden = this.#steps.hidden = true;
    this.#aim(href);
    this.#trouble.hidden = true;
    if (why !== "…") this.#tell(why);
  }

  #aim(href) {
    this.#link.hidden = !href;
    if (href) this.#link.href = href;
  }

  /** Shows that something is not as it should be; "" that all is well again. */
  trouble(text) {
    if (text === "" && this.#trouble.hidden) return;
    this.#trouble.hidden = !text;
    this.#trouble.textContent = text;
    this.#tell(text);
  }

  /** Shows a task. */
  show(task, href) {
    const sign = signOf(task.status);
    this.#card.className = `k-${sign.kind}`;
    this.#title.replaceChildren(own(task.title));
    this.#aim(href);
    this.#link.setAttribute("aria-label", `Open ${clean(task.title)} in Herald`);
    this.#bar.el.hidden = false;
    this.#bar.set(task.progress, `Progress of ${clean(task.title)}`);
    this.#showState(task, sign);
    this.#showTexts(task);
    this.#showSteps(task);
  }

  #showState(task, sign) {
    const current = task.steps[task.current_step - 1];
    const where = task.total_steps > 0 ? `step ${task.current_step} of ${task.total_steps}` : "";
    const eta = left(task);
    const parts = [make("span", { class: `sign s-${sign.kind}` }, mark(sign), ` ${sign.word}`)];
    if (where) parts.push(make("span", {}, where, ...(current ? [": ", own(current.name)] : [])));
    if (eta) parts.push(make("span", { part: "eta", ...(task.eta?.basis && { title: `from ${clean(task.eta.basis)}` }) }, eta));
    this.#state.replaceChildren(...parts);
    this.#tell([`${clean(task.title)}: ${sign.word}`, where && `${where}${current ? `: ${clean(current.name)}` : ""}`].filter(Boolean).join(", "));
  }

  #showTexts(task) {
    const texts = [];
    if (task.message) texts.push(make("p", { class: "message", part: "message", dir: "auto" }, clean(task.message)));
    if (task.approval) texts.push(make("p", { class: "note warn", part: "note", dir: "auto" }, `⚠ ${clean(task.approval.prompt) || "Approval needed"}`));
    if (task.stalled) texts.push(make("p", { class: "note warn", part: "note", dir: "auto" }, `⚠ ${task.stalled_cause === "overrun" ? "It takes long" : "Nothing moves"}: ${clean(task.stalled)}`));
    if (task.error) texts.push(make("p", { class: "note bad", part: "note", dir: "auto" }, `✕ ${fault(task.error)}`));
    this.#texts.replaceChildren(...texts);
  }

  #showSteps(task) {
    const shown = nearby(task);
    for (const order of this.#rows.keys()) {
      if (!shown.includes(order)) this.#rows.delete(order);
    }
    const items = [];
    let before = 0;
    for (const order of shown) {
      if (order > before + 1) items.push(gap(order - before - 1));
      if (!this.#rows.has(order)) this.#rows.set(order, new Row());
      const row = this.#rows.get(order);
      row.show(task.steps[order - 1], order === task.current_step && !ended.has(task.status));
      items.push(row.el);
      before = order;
    }
    if (before < task.steps.length) items.push(gap(task.steps.length - before));
    this.#steps.hidden = items.length === 0;
    if (items.length !== this.#steps.children.length || items.some((el, i) => el !== this.#steps.children[i])) this.#steps.replaceChildren(...items);
  }

  /** Moves the bars: of the task, and of steps that are shown. */
  tick(percent, steps, label) {
    this.#bar.set(percent, `Progress of ${clean(label)}`);
    for (const step of steps) this.#rows.get(step.order)?.tick(step.progress);
  }

  /** Reads something out, once. */
  #tell(text) {
    if (text === this.#said) return;
    this.#said = text;
    this.#say.textContent = text;
  }
}

const mark = (sign) => make("span", { class: "symbol", "aria-hidden": "true" }, sign.symbol);

const gap = (n) => make("li", { class: "step soft" }, `… ${n} more step${n === 1 ? "" : "s"}`);

const fault = (error) => `${error.type ? `${clean(error.type)}: ` : ""}${clean(error.message)}`;

/** The orders of the steps that are shown: in a long plan those that matter now. */
function nearby(task) {
  const n = task.steps.length;
  const near = (s) => Math.abs(s.order - task.current_step) <= around || s.order === 1 || s.order === n || s.status === "approval";
  return task.steps.filter((s) => n <= most || near(s)).map((s) => s.order);
}

/** A bar and its percent. */
class Bar {
  #fill = make("div", { class: "fill", part: "fill" });
  #track = make("div", { class: "track", part: "track", role: "progressbar", "aria-valuemin": "0", "aria-valuemax": "100" }, this.#fill);
  #percent = make("span", { class: "percent", part: "percent", "aria-hidden": "true" });

  constructor({ class: name = "", part }) {
    this.el = make("div", { class: `bar ${name}`, part }, this.#track, this.#percent);
  }

  set(percent, label) {
    const whole = percentOf(percent);
    this.#fill.style.width = `${Math.min(100, Math.max(0, Number(percent) || 0))}%`;
    this.#percent.textContent = `${whole}%`;
    this.#track.setAttribute("aria-valuenow", whole);
    this.#track.setAttribute("aria-valuetext", `${whole}%`);
    this.#track.setAttribute("aria-label", label);
  }
}

/** A step. */
class Row {
  el = make("li", { part: "step" });
  #bar = new Bar({});
  #name = "";

  show(step, current) {
    const sign = signOf(step.status);
    this.el.className = `step s-${sign.kind}`;
    this.el.toggleAttribute("aria-current", current);
    if (current) this.el.setAttribute("aria-current", "step");
    this.#name = step.name;
    const under = ["running", "paused", "approval"].includes(step.status);
    const word = `${sign.word}${step.duration_ms === undefined ? "" : ` in ${took(step.duration_ms).replaceAll(" ", "\u00a0")}`}`;
    const parts = [make("div", { class: "line" }, mark(sign), make("span", { class: "name" }, `${step.order}. `, own(step.name)), make("span", { class: "word" }, word))];
    if (step.status === "running" || step.status === "paused" || (step.progress > 0 && step.progress < 100)) {
      this.tick(step.progress);
      parts.push(this.#bar.el);
    }
    if (step.error) parts.push(make("p", { dir: "auto" }, fault(step.error)));
    if (under && step.substeps?.length > 0) parts.push(substeps(step.substeps));
    this.el.replaceChildren(...parts);
  }

  tick(percent) {
    this.#bar.set(percent, `Progress of ${clean(this.#name)}`);
  }
}

const mostSubsteps = 20;

function substeps(all) {
  const items = all.slice(0, mostSubsteps).map((s) => {
    const sign = signOf(s.status);
    return make("li", { class: `s-${sign.kind}` }, mark(sign), own(s.name), make("span", { class: "unseen" }, ` ${sign.word}`));
  });
  if (all.length > mostSubsteps) items.push(make("li", { class: "soft" }, `… ${all.length - mostSubsteps} more`));
  return make("ul", { class: "subs", part: "substeps", "aria-label": `${all.filter((s) => s.done).length} of ${all.length} substeps done` }, ...items);
}

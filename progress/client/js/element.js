import { sleep } from "./backoff.js";
import { Client } from "./client.js";
import { View } from "./element-view.js";
import { Problem } from "./problem.js";
import { left } from "./words.js";

const least = 250; // milliseconds between two looks at the whole task
const slow = 1000; // and what a percent may take to move all else
const first = 1000; // how soon a task that is not there is looked for again; later less often
const stale = 20_000; // how often the time that is left is looked at, while nothing happens
const idle = 15_000; // how often a task that has ended is looked at

// Where there are no pages, the module can still be imported.
const Base = globalThis.HTMLElement ?? class {};

/**
 * `<herald-progress task="ID" server="https://…" token="…">` shows how far a task
 * is, live. The token can be given as a property too; in a page of the server
 * itself none is needed.
 */
export class HeraldProgress extends Base {
  static observedAttributes = ["task", "server", "token"];

  #view;
  #token = "";
  #showing = null; // ends what is shown
  #soon = false;

  /** The task's id. */
  get task() { return this.getAttribute("task") ?? ""; }
  set task(id) { this.setAttribute("task", id); }

  /** The address of the server; the page's own without. */
  get server() { return this.getAttribute("server") ?? ""; }
  set server(url) { this.setAttribute("server", url); }

  /** The token; as a property it is in no markup. */
  get token() { return this.#token || (this.getAttribute("token") ?? ""); }
  set token(token) {
    this.#token = token ?? "";
    this.#again();
  }

  connectedCallback() {
    for (const name of ["task", "server", "token"]) this.#upgrade(name);
    this.#view ??= new View(this.attachShadow({ mode: "open" }));
    this.#again();
  }

  disconnectedCallback() {
    this.#showing?.abort();
    this.#showing = null;
  }

  attributeChangedCallback(name, before, after) {
    if (before !== after) this.#again();
  }

  /** Takes a property that was set before the element was known. */
  #upgrade(name) {
    if (!Object.hasOwn(this, name)) return;
    const value = this[name];
    delete this[name];
    this[name] = value;
  }

  /** Begins anew, once for all that changes now. */
  #again() {
    if (!this.isConnected || this.#soon) return;
    this.#soon = true;
    queueMicrotask(() => {
      this.#soon = false;
      this.#showing?.abort();
      if (!this.isConnected) return;
      this.#showing = new AbortController();
      this.#follow(this.#showing.signal);
    });
  }

  async #follow(signal) {
    this.#view.empty("…");
    if (!this.task) return;
    let show;
    try {
      show = new Show(new Client({ url: this.server, token: this.token }), this.task, this.#view, signal);
    } catch (error) {
      this.#view.empty(error.message);
      return;
    }
    for (let wait = first; await show.run(); wait = Math.min(idle, 2 * wait)) {
      await sleep(ended(show.task) ? idle : wait, signal); // it may begin anew, or be made in a moment
    }
  }
}

/** Shows one task until its end. */
class Show {
  #client;
  #id;
  #view;
  #signal;
  #href;
  task = null; // as it was looked at last
  #due = Infinity; // when the whole task is looked at next
  #timer;

  constructor(client, id, view, signal) {
    this.#client = client;
    this.#id = id;
    this.#view = view;
    this.#signal = signal;
    this.#href = `${client.url}/tasks/${encodeURIComponent(id)}`;
    signal.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  /** Shows the task until it ends, or cannot be shown. Says whether to try again later. */
  async run() {
    try {
      if (ended(this.task) && !(await this.#restarted())) return true;
      const onState = (state) => this.#view.trouble(state === "away" ? "reconnecting…" : "");
      for await (const frame of this.#client.watch(this.#id, { signal: this.#signal, onState })) this.#take(frame);
      await this.#look();
    } catch (error) {
      return this.#refused(error);
    }
    return !this.#signal.aborted;
  }

  async #restarted() {
    await this.#look();
    return !ended(this.task);
  }

  #take(frame) {
    if (frame.type === "snapshot") this.#show(frame.task);
    else if (frame.type === "progress") this.#tick(frame);
    if (frame.type !== "snapshot" && frame.type !== "control") this.#ring(frame.type === "progress" ? slow : least);
  }

  #show(task) {
    if (this.#signal.aborted || (this.task && task.version < this.task.version)) return;
    this.task = task;
    this.#view.show(task, this.#href);
    this.#view.trouble("");
    if (left(task)) this.#ring(stale);
  }

  #tick(frame) {
    if (!this.task || frame.version <= this.task.version) return;
    this.#view.tick(frame.percent, [frame.step, ...(frame.steps ?? [])].filter(Boolean), this.task.title);
  }

  /** Has the whole task looked at soon, but not too often. */
  #ring(wait) {
    const at = performance.now() + wait;
    if (at >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = at;
    this.#timer = setTimeout(() => this.#look().catch(() => {}), wait); // the watch says what is wrong
  }

  async #look() {
    clearTimeout(this.#timer);
    this.#due = Infinity;
    this.#show(await this.#client.progress(this.#id, { signal: this.#signal }));
  }

  #refused(error) {
    if (this.#signal.aborted) return false;
    if (!(error instanceof Problem)) {
      this.#view.trouble("reconnecting…");
      return true;
    }
    this.task = null;
    const why = { 401: "not allowed: the token is not good", 403: "not allowed to see this task", 404: "no such task" };
    this.#view.empty(why[error.status] ?? error.message);
    return error.status === 404; // a token does not become good by being tried
  }
}

const ended = (task) => ["completed", "failed", "cancelled"].includes(task?.status);

if (globalThis.customElements && !customElements.get("herald-progress")) customElements.define("herald-progress", HeraldProgress);

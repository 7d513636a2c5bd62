import { newTaskId, randomText } from "./id.js";
import { Http } from "./http.js";
import { stepPath, taskPath } from "./paths.js";
import { Problem } from "./problem.js";
import { Reporter } from "./reporter.js";
import { watching } from "./watch.js";

/** Talks to one server. Every call takes a `signal` among its options. */
export class Client {
  #http;
  #socket;

  /** @param {import("./index.d.ts").ClientOptions} [options] */
  constructor(options = {}) {
    this.#http = new Http(options);
    this.#socket = options.WebSocket;
  }

  /** The address of the server, without a slash at its end. */
  get url() {
    return this.#http.base;
  }

  /** Makes a task. Without an id it gets one; the same draft may be sent again. */
  createTask(draft, { signal } = {}) {
    const body = { ...draft, id: draft.id || newTaskId() };
    return this.#post("/api/tasks", { body, key: `create-${body.id}`, signal });
  }

  /** Reads a whole task. */
  task(id, { signal } = {}) {
    return this.#get(taskPath(id), {}, signal);
  }

  /** Reads how far a task is. */
  progress(id, { signal } = {}) {
    return this.#get(`${taskPath(id)}/progress`, {}, signal);
  }

  /** Yields tasks, the newest first, page after page. */
  async *tasks(query = {}, { signal } = {}) {
    for (let cursor; ;) {
      const page = await this.tasksPage({ ...query, cursor }, { signal });
      yield* page.tasks;
      cursor = page.next;
      if (!cursor) return;
    }
  }

  /** Reads one page of tasks. */
  tasksPage({ labels = {}, ...query } = {}, { signal } = {}) {
    const label = Object.entries(labels).map(([name, value]) => `${name}:${value}`);
    return this.#get("/api/tasks", { ...query, label }, signal);
  }

  /** Reads lines of a task's output. */
  logs(id, { signal, level = [], ...query } = {}) {
    return this.#get(`${taskPath(id)}/logs`, { ...query, level: [level].flat().join(",") }, signal);
  }

  /** Reads a task's milestones after `since`. */
  events(id, { signal, ...query } = {}) {
    return this.#get(`${taskPath(id)}/events`, query, signal);
  }

  /** Reads a task's earlier runs and its percents. */
  history(id, { signal, ...query } = {}) {
    return this.#get(`${taskPath(id)}/history`, query, signal);
  }

  /** Counts the tasks by status. */
  stats({ signal } = {}) {
    return this.#get("/api/stats", {}, signal);
  }

  /** Says who the token stands for. */
  me({ signal } = {}) {
    return this.#get("/api/me", {}, signal);
  }

  /**
   * Gives a person's command, and returns the task as it is then. Those about a
   * step take the one that the task's state means when none is named.
   */
  async command(id, verb, { step, key = randomText(), signal, ...wish } = {}) {
    let path = taskPath(id);
    if (meant[verb]) path = stepPath(id, step ?? (await this.#stepFor(id, verb, signal)));
    return this.#post(`${path}/${encodeURIComponent(verb)}`, { body: wish, key, signal });
  }

  cancel(id, options) { return this.command(id, "cancel", options); }
  pause(id, options) { return this.command(id, "pause", options); }
  resume(id, options) { return this.command(id, "resume", options); }
  restart(id, options) { return this.command(id, "restart", options); }
  approve(id, options) { return this.command(id, "approve", options); }
  reject(id, options) { return this.command(id, "reject", options); }
  retry(id, options) { return this.command(id, "retry", options); }
  skip(id, options) { return this.command(id, "skip", options); }

  async #stepFor(id, verb, signal) {
    const task = await this.task(id, { signal });
    for (const status of meant[verb]) {
      const step = task.steps.find((s) => s.status === status);
      if (step) return step.order;
    }
    throw new Problem({
      status: 409, code: "conflict", title: "The state does not admit it",
      detail: `${nothing[verb] ?? "no step waits for a decision"}: the task is ${task.status}`,
    });
  }

  /** Takes a pending task of one of the kinds, waiting up to `wait` seconds (60); null if there is none. */
  claim({ kinds, worker, wait = 0, signal }) {
    return this.#post("/api/tasks/claim", { body: { kinds, worker, wait_seconds: wait }, wait: wait * 1000, signal });
  }

  /** Gives one report, in one call. A reporter does it better. */
  report(id, report, { signal } = {}) {
    return this.#post(`${taskPath(id)}/progress`, { body: report, signal });
  }

  /** Says that the worker is alive, and returns what it is told. */
  heartbeat(id, { signal, ...beat } = {}) {
    return this.#post(`${taskPath(id)}/heartbeat`, { body: beat, signal });
  }

  /** Appends lines to a task's output; under one key they count once. */
  log(id, lines, { key = randomText(), signal } = {}) {
    const body = [lines].flat().map((line) => (typeof line === "string" ? { line } : line));
    return this.#post(`${taskPath(id)}/logs`, { body, key, signal });
  }

  /** Asks for an approval of a step. The same question again is the same approval. */
  ask(id, step, gate, { signal } = {}) {
    return this.#post(`${stepPath(id, step)}/approval`, { body: gate, signal });
  }

  /** Reads where the approval of a step stands, waiting up to `wait` seconds (60) for the decision. */
  approval(id, step, { wait = 0, signal, ...query } = {}) {
    return this.#http.call({ path: `${stepPath(id, step)}/approval`, query: { ...query, wait_seconds: wait }, wait: wait * 1000, signal });
  }

  /**
   * Reports on one task without ever holding up the work.
   * @param {import("./index.d.ts").ReporterOptions} [options]
   */
  reporter(options = {}) {
    return new Reporter(this.#http, options);
  }

  /** Yields the frames of a task, up to the one that ends it. */
  watch(id, options = {}) {
    return watching(this.#http, { ...options, task: id, WebSocket: options.WebSocket ?? this.#socket });
  }

  /** Yields the frames of all tasks that the token may see. */
  watchAll(options = {}) {
    return watching(this.#http, { ...options, task: undefined, WebSocket: options.WebSocket ?? this.#socket });
  }

  #get(path, query, signal) {
    return this.#http.call({ path, query, signal });
  }

  #post(path, request) {
    return this.#http.call({ method: "POST", path, ...request });
  }
}

/** The statuses of the step that a verb means, the likeliest first. */
const meant = {
  approve: ["approval"], reject: ["approval"], retry: ["failed"], skip: ["failed", "running", "paused", "approval"],
};

const nothing = { retry: "no step has failed", skip: "no step has failed or is under way" };

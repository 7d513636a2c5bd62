import { Backoff, Bell } from "./backoff.js";
import { taskPath } from "./paths.js";
import { Away } from "./problem.js";
import { socketFrames } from "./socket.js";
import { streamFrames } from "./stream.js";

const terminal = new Set(["task_complete", "task_failed", "task_cancelled"]);

/** Whether a frame says that the run is over. */
export const ends = (frame) => terminal.has(frame.type);

/**
 * Yields frames until the one that ends the task, until the signal comes or the
 * loop is left. A break is mended; a Problem that waiting cannot mend is thrown.
 */
export function watching(http, want) {
  const control = new AbortController();
  const stop = () => control.abort();
  if (want.signal?.aborted) stop();
  want.signal?.addEventListener("abort", stop, { once: true });
  const frames = new Reader(http, want).run(control.signal);
  return {
    next: () => frames.next(),
    return(value) { // at once, although a frame is being waited for
      stop();
      want.signal?.removeEventListener("abort", stop);
      return frames.return(value);
    },
    throw(error) {
      stop();
      return frames.throw(error);
    },
    [Symbol.asyncIterator]() { return this; },
  };
}

/** Reads for one watcher. */
class Reader {
  #http;
  #want;
  #since; // the newest seq that the watcher has, of one task
  #line; // the newest log line that the watcher has, if that is known
  #ended = false; // the newest milestone ended the run
  #fresh = false; // a frame came over this connection
  #behind = false; // lines are missing that this connection does not send
  #streamed; // the next connection is a stream, as sockets do not get through
  #pace = new Backoff();

  constructor(http, want) {
    this.#http = http;
    this.#want = want;
    this.#since = want.since;
    this.#line = want.lines;
    this.#streamed = !want.WebSocket && !globalThis.WebSocket;
    if (!want.task && (this.#streamed || !http.protocols())) {
      throw new TypeError("all tasks are watched over a WebSocket, and there is none here: give one as the option WebSocket, such as that of the package ws");
    }
  }

  get #single() {
    return this.#want.task !== undefined;
  }

  async *run(signal) {
    const online = new Bell();
    const ring = () => online.ring();
    globalThis.addEventListener?.("online", ring);
    try {
      while (!signal.aborted) {
        const away = yield* this.#once(signal);
        if (!away || signal.aborted) return;
        this.#tell("away", away);
        const wait = this.#pace.next(away.after);
        await online.wait(wait, signal);
      }
    } finally {
      globalThis.removeEventListener?.("online", ring);
    }
  }

  /** Reads one connection to its end; why it broke, null if the server has said all. */
  async *#once(signal) {
    const control = new AbortController(); // of this connection
    const stop = () => control.abort();
    signal.addEventListener("abort", stop);
    this.#fresh = false;
    try {
      yield* this.#read(control.signal);
      return null;
    } catch (error) {
      if (signal.aborted || (this.#ended && this.#fresh)) return null;
      if (!(error instanceof Away)) throw error;
      return error;
    } finally {
      stop();
      signal.removeEventListener("abort", stop);
    }
  }

  async *#read(signal) {
    await this.#findLine(signal);
    this.#behind = Boolean(this.#want.logs) && this.#single;
    for await (const frame of this.#connect(signal)) {
      if (!this.#fresh) this.#tell("live", null);
      this.#fresh = true;
      this.#pace.reset();
      if (ends(frame)) yield* this.#catchUp(signal);
      if (this.#note(frame)) yield frame;
      if (frame.type === "snapshot" || frame.type === "progress") yield* this.#catchUp(signal);
    }
    if (!this.#single || !this.#closed()) throw new Away(`${this.#http.base} has hung up`);
  }

  /** Whether the server has said all when it closes in order. A stream has no word for it. */
  #closed() {
    return !this.#streams || this.#ended;
  }

  #streams = false; // this connection is a stream

  /** The frames of a new connection: a socket, else a stream. */
  #connect(signal) {
    const { task, kind, owner, labels = {}, logs, worker, WebSocket } = this.#want;
    const query = { logs: logs ? 1 : undefined };
    if (this.#single) Object.assign(query, { since: this.#since, worker });
    else Object.assign(query, { kind, owner, label: Object.entries(labels).map(([name, value]) => `${name}:${value}`) });
    const protocols = this.#http.protocols();
    this.#streams = this.#single && (this.#streamed || !protocols);
    if (this.#streams) {
      this.#streamed = !WebSocket && !globalThis.WebSocket;
      const seen = () => { this.#ended = true; };
      return streamFrames(this.#http, this.#http.address(`${taskPath(task)}/events`, query), { signal, seen });
    }
    const path = this.#single ? `/ws/tasks/${encodeURIComponent(task)}` : "/ws/tasks";
    const refused = async () => { // browsers do not say why a socket is refused
      await this.#http.call({ path: this.#single ? `${taskPath(task)}/progress` : "/api/stats", signal });
      this.#streamed = this.#single;
    };
    return socketFrames(WebSocket ?? globalThis.WebSocket, this.#http.address(path, query), protocols, { signal, refused });
  }

  /** Notes what the watcher has with a frame. False if it has it already. */
  #note(frame) {
    if (frame.type === "log") {
      frame.lines = this.#newLines(frame.lines);
      if (frame.lines.length === 0) return false;
    } else if (frame.type !== "progress" && frame.type !== "control") {
      this.#ended = this.#single && ends(frame);
    }
    if (this.#single && (this.#since === undefined || frame.type === "snapshot" || frame.seq > this.#since)) this.#since = frame.seq;
    return true;
  }

  #newLines(lines) {
    if (!this.#single || lines.length === 0) return lines;
    const fresh = lines.filter((l) => l.n > this.#line);
    this.#line = fresh.at(-1)?.n ?? this.#line;
    return fresh;
  }

  /** Finds out after which line the output begins that is new. */
  async #findLine(signal) {
    if (!this.#want.logs || !this.#single || this.#line !== undefined) return;
    const { logs } = await this.#http.call({ path: `${taskPath(this.#want.task)}/logs`, query: { tail: 1 }, signal });
    this.#line = logs.at(-1)?.n ?? 0;
  }

  /** Yields the lines that were written before this connection sent them. */
  async *#catchUp(signal) {
    while (this.#behind) {
      const page = await this.#http.call({ path: `${taskPath(this.#want.task)}/logs`, query: { since: this.#line }, signal });
      this.#behind = Boolean(page.next);
      const lines = this.#newLines(page.logs);
      if (lines.length > 0) yield { type: "log", task_id: this.#want.task, seq: this.#since, at: lines.at(-1).at, lines };
    }
  }

  #tell(state, error) {
    try {
      this.#want.onState?.(state, error);
    } catch (failed) {
      globalThis.console?.error("herald: a callback of watch failed:", failed);
    }
  }
}

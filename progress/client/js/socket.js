import { Away } from "./problem.js";

const maxQueue = 5000; // frames that the watcher has not taken: beyond, it comes back later
const quiet = 5 * 60_000; // milliseconds without a frame after which the socket is taken for dead: its pings do not show
const asleep = 60_000; // and after which it is when the page wakes up

/**
 * Yields the frames of a WebSocket, and returns when the server closes it in
 * order. `refused` is called when it does not open: it throws what says why.
 */
export async function* socketFrames(WebSocket, url, protocols, { signal, refused }) {
  signal.throwIfAborted();
  const inbox = new Inbox(new WebSocket(url.replace(/^http/, "ws"), protocols), signal);
  try {
    for (;;) {
      const frame = await inbox.next();
      if (frame) yield frame;
      else if (inbox.code === 1000) return;
      else break;
    }
    signal.throwIfAborted();
    if (!inbox.opened) await refused();
    throw new Away(inbox.opened ? `the socket broke (${inbox.code})` : "the socket cannot be opened");
  } finally {
    inbox.close();
  }
}

/** What a socket has brought, until it is taken. */
class Inbox {
  opened = false;
  code = 0; // with which the socket was closed; 0: it is open
  #socket;
  #frames = [];
  #wake = null;
  #heard = Date.now();
  #clear = [];

  constructor(socket, signal) {
    this.#socket = socket;
    socket.onopen = () => { this.opened = true; };
    socket.onmessage = (message) => this.#take(message.data);
    socket.onerror = () => {}; // its close follows
    socket.onclose = (event) => this.#end(event.code);
    const look = (most) => { if (Date.now() - this.#heard >= most) this.#end(1006); };
    const timer = setInterval(() => look(quiet), quiet / 10);
    this.#clear.push(() => clearInterval(timer));
    this.#on(signal, "abort", () => this.#end(1006));
    for (const name of ["online", "pageshow"]) this.#on(globalThis, name, () => look(asleep));
    this.#on(globalThis.document, "visibilitychange", () => look(asleep));
  }

  #on(target, name, f) {
    target?.addEventListener?.(name, f);
    this.#clear.push(() => target?.removeEventListener?.(name, f));
  }

  #take(text) {
    this.#heard = Date.now();
    let frame;
    try {
      frame = JSON.parse(text);
    } catch {
      this.#end(1007);
      return;
    }
    const last = this.#frames.at(-1);
    const newer = last?.type === "progress" && frame.type === "progress" && last.task_id === frame.task_id;
    if (newer) this.#frames.pop();
    if (this.#frames.push(frame) > maxQueue) this.#end(1013);
    this.#wake?.();
  }

  #end(code) {
    this.code ||= code;
    this.#wake?.();
  }

  /** The next frame; null when there will be no more. */
  async next() {
    while (this.#frames.length === 0 && this.code === 0) {
      await new Promise((resolve) => { this.#wake = resolve; });
      this.#wake = null;
    }
    return this.#frames.shift() ?? null;
  }

  close() {
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
    this.#clear.forEach((clear) => clear());
  }
}

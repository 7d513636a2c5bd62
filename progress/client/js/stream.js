import { Away, Problem, refusalOf } from "./problem.js";

const dead = 75_000; // milliseconds: a stream may be silent for so long; a server pings every 20 s

/**
 * Yields the frames of server-sent events, and returns when the stream ends.
 * `seen` is called when the server says that the watcher has seen all.
 */
export async function* streamFrames(http, url, { signal, seen }) {
  const control = new AbortController();
  const stop = () => control.abort();
  signal.addEventListener("abort", stop);
  let timer = setTimeout(stop, dead);
  try {
    const response = await http.open(url, { headers: { Accept: "text/event-stream" } }, control.signal);
    if (response.status === 204) {
      seen();
      return;
    }
    if (!response.ok) throw refusalOf(response, await response.text());
    const events = new Events();
    for await (const chunk of chunks(response.body)) {
      clearTimeout(timer);
      timer = setTimeout(stop, dead);
      yield* events.read(chunk);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof Away || error instanceof Problem ? error : new Away(`the stream broke: ${http.masked(error.message)}`);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    stop();
  }
}

/** The pieces of a body; not every browser's streams can be iterated. */
async function* chunks(body) {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

/** Reads server-sent events: of each only the data, which is a frame. */
class Events {
  #decoder = new TextDecoder();
  #rest = "";
  #data = [];

  *read(chunk) {
    const lines = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r/);
    this.#rest = lines.pop();
    for (const line of lines) {
      if (line.startsWith("data:")) this.#data.push(line.slice(line[5] === " " ? 6 : 5));
      if (line !== "" || this.#data.length === 0) continue;
      const frame = JSON.parse(this.#data.join("\n"));
      this.#data = [];
      yield frame;
    }
  }
}

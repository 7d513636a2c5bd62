import { Backoff, sleep } from "./backoff.js";
import { Http } from "./http.js";
import { pollPipe, socketPipe } from "./socketio-pipe.js";

const refusedWait = 30_000; // milliseconds: a credential seldom becomes good again

/**
 * Listens to a Socket.IO server (protocol 5 over Engine.IO 4, default namespace,
 * text), and comes back after a break. It speaks just enough of it to hear
 * events; the stock client can take its place.
 */
export class Listener {
  #http;
  #WebSocket;
  #watch;
  #heard = new Map(); // the functions by the event's name
  #stop = new AbortController();

  /** @param {import("./workflow.d.ts").ListenOptions} [options] */
  constructor({ url, token, fetch, WebSocket, watch = [] } = {}) {
    this.#http = new Http({ url, token, fetch });
    this.#WebSocket = WebSocket ?? globalThis.WebSocket;
    this.#watch = watch;
    this.#run();
  }

  /** Calls f with what each event of that name brings; connect, disconnect and connect_error are such names too. */
  on(name, f) {
    this.#heard.set(name, [...(this.#heard.get(name) ?? []), f]);
    return this;
  }

  off(name, f) {
    this.#heard.set(name, (this.#heard.get(name) ?? []).filter((g) => g !== f));
    return this;
  }

  /** Ends it. */
  close() {
    this.#stop.abort();
  }

  #call(name, ...args) {
    for (const f of this.#heard.get(name) ?? []) {
      try {
        f(...args);
      } catch (error) {
        globalThis.console?.error("herald: a listener failed:", error);
      }
    }
  }

  async #run() {
    const signal = this.#stop.signal;
    for (const pace = new Backoff(); !signal.aborted;) {
      const { joined, refused } = await this.#session(signal);
      if (joined) {
        pace.reset();
        if (!signal.aborted) this.#call("disconnect");
      }
      await sleep(refused ? refusedWait : pace.next(), signal);
    }
  }

  /** One session, up to its end. */
  async #session(signal) {
    const end = new AbortController(); // of this session
    const stop = () => end.abort();
    const session = { joined: false, refused: false };
    let silence; // ends a session that is not heard of any more
    let patience = 20_000;
    signal.addEventListener("abort", stop);
    const hear = (packet, send) => {
      clearTimeout(silence);
      if (packet[0] === "0") patience = lifetime(packet);
      silence = setTimeout(stop, patience);
      this.#hear(packet, send, session, stop);
    };
    silence = setTimeout(stop, patience);
    const pipe = this.#WebSocket ? socketPipe : pollPipe;
    try {
      await pipe({ http: this.#http, WebSocket: this.#WebSocket, hear, signal: end.signal });
    } catch (error) {
      if (!end.signal.aborted) this.#call("connect_error", error);
    }
    clearTimeout(silence);
    stop();
    signal.removeEventListener("abort", stop);
    return session;
  }

  #hear(packet, send, session, stop) {
    const kind = /^(?:4.|.)/s.exec(packet)?.[0];
    const rest = packet.slice(kind?.length);
    switch (kind) {
      case "0": // open
        send(`40${JSON.stringify(this.#http.auth())}`);
        break;
      case "1": // close
      case "41": // disconnect
        stop();
        break;
      case "2": // ping
        send("3");
        break;
      case "40": // connected
        session.joined = true;
        for (const wish of this.#watch) send(`42${JSON.stringify(["workflow:watch", wish])}`);
        this.#call("connect");
        break;
      case "42":
        this.#call(...parsed(rest.replace(/^\d+/, ""), []));
        break;
      case "44": // refused
        session.refused = true;
        this.#call("connect_error", new Error(parsed(rest, {}).message ?? "refused"));
        stop();
    }
  }
}

/** How long a session may be silent, as its first packet has it, in milliseconds. */
function lifetime(packet) {
  const { pingInterval = 25_000, pingTimeout = 20_000 } = parsed(packet.slice(1), {});
  return pingInterval + pingTimeout;
}

function parsed(text, otherwise) {
  try {
    return JSON.parse(text) ?? otherwise;
  } catch {
    return otherwise;
  }
}

/** A far side that speaks Socket.IO as a Herald server does, over WebSockets and over polls. */
import { createServer } from "node:http";
import { createRequire } from "node:module";

const { WebSocketServer } = createRequire(import.meta.url)("ws");

const open = (sid) => `0${JSON.stringify({ sid, upgrades: [], pingInterval: 200, pingTimeout: 200, maxPayload: 100_000 })}`;

export async function fakeSocketIO({ token = "hrld_good-and-long-enough" } = {}) {
  const sessions = new Map();
  const said = { urls: [], watched: [], connects: 0, pongs: 0, token };
  let mute = false; // pings are not sent
  let next = 0;

  /** A session: send goes to its client. */
  class Session {
    sid = `sid${++next}`;
    wishes = [];
    joined = false;
    constructor(send, end) {
      Object.assign(this, { send, end });
      sessions.set(this.sid, this);
      this.timer = setInterval(() => mute || send("2"), 200);
    }
    close() {
      clearInterval(this.timer);
      sessions.delete(this.sid);
      this.end();
    }
    hear(packet) {
      if (packet === "1") return this.close();
      if (packet === "3") said.pongs++;
      if (packet.startsWith("40")) {
        said.connects++;
        const auth = JSON.parse(packet.slice(2) || "{}");
        if (auth.token !== token) return this.send(`44${JSON.stringify({ message: "the token is not good" })}`);
        this.joined = true;
        return this.send(`40${JSON.stringify({ sid: `socket-${this.sid}` })}`);
      }
      const [, id, text] = /^42(\d*)(.*)$/s.exec(packet) ?? [];
      if (!text) return undefined;
      const [name, wish] = JSON.parse(text);
      if (name === "workflow:watch") {
        said.watched.push(wish);
        this.wishes.push(wish);
      }
      return id && this.send(`43${id}${JSON.stringify([{ success: true }])}`);
    }
    wants(event, data) {
      const session = data.session_id ?? data.flow_run;
      const type = event.split(":")[2];
      return this.joined && (this.wishes.length === 0
        || this.wishes.some((w) => (w.session_id ?? session) === session && (w.workflow_type ?? type) === type));
    }
  }

  const server = createServer(async (request, response) => {
    said.urls.push(request.url);
    const sid = new URL(request.url, "http://x").searchParams.get("sid");
    if (!sid) {
      const queue = [];
      const session = new Session((packet) => { queue.push(packet); session.wake?.(); }, () => session.wake?.());
      session.take = () => queue.splice(0);
      response.end(open(session.sid));
      return;
    }
    const session = sessions.get(sid);
    if (!session) {
      response.writeHead(400).end('{"code":1,"message":"Session ID unknown"}');
      return;
    }
    if (request.method === "POST") {
      let body = "";
      for await (const part of request) body += part;
      for (const packet of body.split("\x1e")) session.hear(packet);
      response.end("ok");
      return;
    }
    let packets = session.take();
    if (packets.length === 0) {
      await new Promise((resolve) => { session.wake = resolve; });
      packets = session.take();
    }
    if (packets.length > 0) response.end(packets.join("\x1e"));
    else response.writeHead(400).end("gone");
  });
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket, request) => {
    said.urls.push(request.url);
    const session = new Session((packet) => socket.send(packet), () => socket.terminate());
    socket.on("message", (data) => session.hear(String(data)));
    socket.on("close", () => session.close());
    socket.send(open(session.sid));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

  Object.defineProperty(said, "joined", { get: () => [...sessions.values()].filter((s) => s.joined).length }); // how many are connected
  return Object.assign(said, {
    url: `http://127.0.0.1:${server.address().port}`,
    /** Sends an event to who wants it. */
    emit(event, data) {
      for (const s of sessions.values()) if (s.wants(event, data)) s.send(`42${JSON.stringify([event, data])}`);
    },
    /** Breaks all connections. */
    drop() { for (const s of [...sessions.values()]) s.close(); },
    /** Sends no pings any more, as if the line were dead. */
    mute(on) { mute = on; },
    close() {
      this.drop();
      sockets.close();
      server.closeAllConnections();
      server.close();
    },
  });
}

/** Reports a step of a session, as the server passes it on. */
export const step = (far, session_id, name, progress, metadata = {}) =>
  far.emit("workflow:progress:build", { session_id, step: name, progress, workflow_type: "build", metadata });

/** Reports a state of a session. */
export const move = (far, flow_run, state) => far.emit("workflow:state:build", { flow: "build", flow_run, state });

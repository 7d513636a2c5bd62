// What the scripts share: the stock client, reports by plain HTTP, and waiting.
import { createRequire } from "node:module";

const { io } = createRequire(process.env.HERALD_JS + "/")("socket.io-client");
export const { HERALD_URL: url, HERALD_TOKEN: token, OTHER_TOKEN: other, TRANSPORT: transport } = process.env;

// connect opens a socket. What it hears is in socket.heard, as [name, data].
export function connect(auth, options = {}) {
  const only = !transport || transport === "default" ? {} : { transports: [transport] };
  const socket = io(url, { auth, forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 200, ...only, ...options });
  socket.heard = [];
  socket.onAny((name, ...args) => socket.heard.push([name, ...args]));
  return socket;
}

// once waits for an event of the socket, but not for ever.
export function once(socket, name) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no ${name}; heard ${JSON.stringify(socket.heard)}`)), 20000);
    socket.once(name, (value) => {
      clearTimeout(late);
      resolve(value);
    });
  });
}

// post sends JSON and returns the answer's.
export async function post(path, body, as = token) {
  const res = await fetch(url + path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: "Bearer " + as },
    body: JSON.stringify(body),
  });
  if (!res.ok) throw new Error(`${path}: ${res.status} ${await res.text()}`);
  return res.json();
}

// report sends a report of a workflow.
export const report = (workflow_type, session_id, step, progress, as) =>
  post("/api/workflows/progress", { session_id, workflow_type, step, progress }, as);

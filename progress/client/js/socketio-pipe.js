import { Away } from "./problem.js";

const path = "/socket.io/";

/**
 * Carries packets over a WebSocket, until it is closed or the signal comes. hear
 * is called with each packet and with what sends one.
 */
export function socketPipe({ http, WebSocket, hear, signal }) {
  const url = http.address(path, { EIO: 4, transport: "websocket" }).replace(/^http/, "ws");
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    let opened = false;
    const close = () => socket.close();
    const send = (packet) => { if (socket.readyState === 1) socket.send(packet); };
    socket.onopen = () => { opened = true; };
    socket.onmessage = (message) => { if (!signal.aborted) hear(String(message.data), send); };
    socket.onerror = () => {}; // its close follows
    socket.onclose = () => {
      signal.removeEventListener("abort", close);
      if (opened) resolve();
      else reject(new Away(`${http.base} cannot be reached: the socket cannot be opened`));
    };
    signal.addEventListener("abort", close);
  });
}

const mark = "\x1e"; // between packets

/** Carries packets over requests that wait for them, where there are no WebSockets. */
export async function pollPipe({ http, hear, signal }) {
  let sid;
  const ask = async (init, until) => {
    const response = await http.open(http.address(path, { EIO: 4, transport: "polling", sid }), init, until);
    const text = await response.text();
    if (!response.ok) throw new Away(`${http.base} cannot be reached: the session has ended`);
    return text;
  };
  const post = (packets, until) => ask({ method: "POST", headers: { "Content-Type": "text/plain;charset=UTF-8" }, body: packets.join(mark) }, until);
  const waiting = [];
  const send = (packet) => waiting.push(packet);
  try {
    while (!signal.aborted) {
      for (const packet of (await ask({}, signal)).split(mark)) {
        if (packet[0] === "0") ({ sid } = JSON.parse(packet.slice(1)));
        hear(packet, send);
      }
      if (waiting.length > 0) await post(waiting.splice(0), signal);
    }
  } finally {
    if (signal.aborted && sid) post(["1"]).catch(() => {}); // else the server waits for the next poll
  }
}

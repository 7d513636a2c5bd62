// What the scripts share: the stock client, and waiting.
import { createRequire } from "node:module";

const require = createRequire(process.env.HERALD_JS + "/");
export const { io, Manager } = require("socket.io-client");
export const url = process.env.URL;

export const connect = (options) => io(url, { forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 100, ...options });

export const transportOf = (socket) => socket.io.engine.transport.name;

export const once = (socket, name) => new Promise((resolve, reject) => {
  const timer = setTimeout(() => reject(new Error(`no ${name} has come`)), 20_000);
  socket.once(name, (...args) => {
    clearTimeout(timer);
    resolve(args);
  });
});

// upgraded waits until the socket is on a WebSocket.
export const upgraded = async (socket) => {
  if (transportOf(socket) !== "websocket") await once(socket.io.engine, "upgrade");
};

export const done = (...sockets) => {
  for (const s of sockets) s.disconnect();
  process.stdout.write("done\n");
};

// A thousand events, each once and in order; when the transports are the
// default, the upgrade comes in the middle of them.
import assert from "node:assert/strict";
import { connect, done, once, transportOf } from "./kit.mjs";

const transports = process.argv[2].split(",");
const count = 1000;
const socket = connect({ transports });
const got = [];
const over = new Set();
const all = new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error(`only ${got.length} events have come`)), 60_000).unref();
  socket.on("n", (n) => {
    got.push(n);
    over.add(transportOf(socket));
    if (n === count - 1) resolve();
  });
});
socket.on("disconnect", (why) => assert.fail(`disconnected: ${why}`));
await once(socket, "connect");
if (transports.length > 1) assert.equal(transportOf(socket), "polling");
socket.emit("stream", { count, every: 2 });
await all;
assert.deepEqual(got, Array.from({ length: count }, (_, i) => i));
assert.deepEqual([...over].sort(), [...transports].sort());
socket.off("disconnect");
done(socket);

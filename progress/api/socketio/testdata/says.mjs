// Acknowledgements, big and strange texts both ways, and a disconnect by the server.
import assert from "node:assert/strict";
import { connect, done, once } from "./kit.mjs";

const socket = connect({ transports: process.argv[2].split(",") });
await once(socket, "connect");
assert.match(socket.id, /^[A-Z2-7]{26}$/);
assert.notEqual(socket.id, socket.io.engine.id);

const args = [1, "two", { three: [null, true] }];
const ack = await new Promise((resolve) => socket.emit("echo", ...args, (...back) => resolve(back)));
assert.deepEqual(ack, args);
assert.deepEqual(await new Promise((resolve) => socket.emit("echo", (...back) => resolve(back))), []);

const texts = ["", "übergroß ✓ 進捗 🚀 \u0000\u001e\u2028\u2029 \"quoted\" </script> \\", "x".repeat(500_000), "🚀".repeat(70_000), "y".repeat(125), "y".repeat(65_530)];
for (const text of texts) {
  const said = once(socket, "said");
  socket.emit("say", text, { text });
  assert.deepEqual(await said, [text, { text }]);
}

const many = Array.from({ length: 500 }, (_, i) => i);
const acks = await Promise.all(many.map((i) => socket.timeout(20_000).emitWithAck("echo", i)));
assert.deepEqual(acks, many);

const other = socket.io.socket("/other");
const [err] = await once(other, "connect_error");
assert.equal(err.message, "Invalid namespace");
assert.ok(socket.connected);

const left = once(socket, "disconnect");
socket.emit("leave");
assert.equal((await left)[0], "io server disconnect");
await new Promise((resolve) => setTimeout(resolve, 200));
assert.ok(!socket.connected && !socket.active);

socket.connect(); // it does not by itself
await once(socket, "connect");
done(socket);

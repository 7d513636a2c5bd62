// A server that goes away and comes back on the same address, twice.
import assert from "node:assert/strict";
import { connect, done, once, upgraded } from "./kit.mjs";

const transports = process.argv[2].split(",");
const socket = connect({ transports });
const got = [];
socket.on("n", (n) => got.push(n));
await once(socket, "connect");
for (const word of ["restart", "again"]) {
  if (transports.length > 1) await upgraded(socket);
  const before = socket.id;
  const left = once(socket, "disconnect");
  socket.emit(word);
  assert.match((await left)[0], /^transport (close|error)$/);
  await once(socket, "connect");
  assert.notEqual(socket.id, before);
  got.length = 0;
  socket.emit("stream", { count: 50, every: 1 });
  await socket.timeout(20_000).emitWithAck("echo");
  while (got.length < 50) await once(socket, "n");
  assert.deepEqual(got, Array.from({ length: 50 }, (_, i) => i));
}
done(socket);

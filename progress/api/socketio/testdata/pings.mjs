// A client that is pinged stays; one that answers no more is dropped, and comes back.
import assert from "node:assert/strict";
import { connect, done, once } from "./kit.mjs";

for (const transports of [["websocket"], ["polling"], ["polling", "websocket"]]) {
  const socket = connect({ transports });
  await once(socket, "connect");
  let pings = 0;
  socket.io.on("ping", () => pings++);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  assert.ok(socket.connected);
  assert.ok(pings >= 5, `${pings} pings in a second`);

  const engine = socket.io.engine;
  const send = engine._sendPacket.bind(engine);
  engine._sendPacket = (type, ...rest) => type === "pong" || send(type, ...rest);
  engine._resetPingTimeout(); // it must be the server that ends this
  engine._resetPingTimeout = () => {};
  engine.clearTimeoutFn(engine._pingTimeoutTimer);
  const [why] = await once(socket, "disconnect");
  assert.match(why, /^transport (close|error)$/);
  await once(socket, "connect");
  socket.disconnect();
}
done();

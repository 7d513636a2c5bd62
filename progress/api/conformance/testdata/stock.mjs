// The stock client against a server: what existing pages do.
import assert from "node:assert/strict";
import { connect, once, post, report, token, transport } from "./lib.mjs";

const kind = "stock-" + transport;
const socket = connect({ token });
await once(socket, "connect");
assert.ok(socket.id);

let heard = once(socket, "workflow:progress:" + kind);
assert.deepEqual(await report(kind, "s1", "build", 0), { success: true, event: "workflow:progress:" + kind });
assert.deepEqual(await heard, { session_id: "s1", step: "build", progress: 0, workflow_type: kind, metadata: {} });

heard = once(socket, "workflow:state:" + kind);
await post("/api/workflows/callback/state", { flow: kind, flow_run: "s1", state: "COMPLETED", user_id: "u", result: { a: [1] } });
assert.deepEqual(await heard, { flow: kind, flow_run: "s1", state: "Completed", user_id: "u", result: { a: [1] } });

// By its function form, auth is asked for again with each connection.
const narrow = connect((give) => give({ token }));
await once(narrow, "connect");
assert.deepEqual(await narrow.timeout(10000).emitWithAck("workflow:watch", { session_id: "s3" }), { success: true });
heard = once(narrow, "workflow:progress:" + kind);
await report(kind, "s2", "x", 1);
await report(kind, "s3", "x", 2);
assert.equal((await heard).session_id, "s3");
assert.equal(narrow.heard.length, 1);

if (transport === "default") {
  if (socket.io.engine.transport.name !== "websocket") await once(socket.io.engine, "upgrade");
  assert.equal(socket.io.engine.transport.name, "websocket");
}

for (const auth of [{}, { token: "nonsense" }]) {
  const stranger = connect(auth);
  const error = await once(stranger, "connect_error");
  assert.ok(error.message, "a refusal says why");
  assert.ok(!stranger.connected);
  stranger.close();
}

socket.close();
narrow.close();

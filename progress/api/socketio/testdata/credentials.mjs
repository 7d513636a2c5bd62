// Tokens by auth and by a header, and what a client hears of a refusal.
import assert from "node:assert/strict";
import { connect, done, once } from "./kit.mjs";

for (const transports of [["websocket"], ["polling"], ["polling", "websocket"]]) {
  const byAuth = connect({ transports, auth: { token: "right" } });
  assert.deepEqual(await once(byAuth, "early"), ["", "right"]);
  const byHeader = connect({ transports, extraHeaders: { Authorization: "Bearer right" } });
  assert.deepEqual(await once(byHeader, "early"), ["Bearer right", ""]);

  const wrong = connect({ transports, auth: { token: "wrong" } });
  const [err] = await once(wrong, "connect_error");
  assert.equal(err.message, "that token is not known");
  assert.deepEqual(err.data, { code: "unauthorized" });
  assert.ok(!wrong.active, "a refused client does not try again by itself");
  wrong.auth.token = "right";
  wrong.connect();
  await once(wrong, "early");

  const broken = connect({ transports, auth: { token: "broken" } });
  const [fault] = await once(broken, "connect_error");
  assert.equal(fault.message, "the connection was refused");
  assert.equal(fault.data, undefined);
  for (const s of [byAuth, byHeader, wrong, broken]) s.disconnect();
}
done();

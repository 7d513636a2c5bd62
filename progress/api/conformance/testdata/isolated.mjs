// Two members: neither hears of the other's session.
import assert from "node:assert/strict";
import { connect, once, other, report, token } from "./lib.mjs";

const hers = connect({ token });
const his = connect({ token: other });
await Promise.all([once(hers, "connect"), once(his, "connect")]);
assert.deepEqual(await his.timeout(10000).emitWithAck("workflow:watch", { workflow_type: "private" }), { success: true });

const heard = [once(hers, "workflow:progress:private"), once(his, "workflow:progress:private")];
await report("private", "hers", "x", 1, token);
await report("private", "his", "x", 2, other);
assert.equal((await heard[0]).session_id, "hers");
assert.equal((await heard[1]).session_id, "his");
await new Promise((resolve) => setTimeout(resolve, 200));
assert.equal(hers.heard.length, 1);
assert.equal(his.heard.length, 1);
hers.close();
his.close();

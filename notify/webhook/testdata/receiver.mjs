// A receiver on the stock libraries: standardwebhooks believes or refuses what has
// come, and cloudevents reads it. It prints what it understood.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import assert from "node:assert/strict";

const require = createRequire(process.env.HERALD_JS + "/");
const { Webhook } = require("standardwebhooks");
const { HTTP, CloudEvent } = require("cloudevents");

const { secrets, stranger, messages } = JSON.parse(readFileSync(process.env.MESSAGES, "utf8"));
assert.ok(messages.length > 0);

for (const { headers, body } of messages) {
  for (const secret of secrets) new Webhook(secret).verify(body, headers); // by each that is good now
  assert.throws(() => new Webhook(stranger).verify(body, headers), /matching signature/);
  assert.throws(() => new Webhook(secrets[0]).verify(body + " ", headers), /matching signature/);
  assert.throws(() => new Webhook(secrets[0]).verify(body, { ...headers, "webhook-id": "msg_x" }), /matching signature/);

  assert.equal(HTTP.isEvent({ headers, body }), true);
  const event = HTTP.toEvent({ headers, body });
  assert.ok(event instanceof CloudEvent);
  assert.equal(event.validate(), true);
  assert.equal(event.id, headers["webhook-id"]);
  process.stdout.write(`${event.type} ${event.subject ?? "-"} ${event.source} ${event.time} ${event.data.text}\n`);
}

/** Names that nobody else has. */

const crockford = "0123456789abcdefghjkmnpqrstvwxyz"; // in the order of its numbers

/** An id for a task of one's own; ids sort by their time. */
export function newTaskId() {
  let time = "";
  for (let n = Date.now(), i = 0; i < 10; i++, n = Math.floor(n / 32)) time = crockford[n % 32] + time;
  return time + randomText(8);
}

/** So many random letters and digits, five bits each. */
export function randomText(length = 26) {
  return Array.from(globalThis.crypto.getRandomValues(new Uint8Array(length)), (b) => crockford[b & 31]).join("");
}

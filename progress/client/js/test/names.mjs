/** Prints the names of all that can be called. */
import { Client } from "../index.js";
import { Reporter } from "../reporter.js";

for (const { prototype } of [Client, Reporter]) {
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (typeof value === "function") console.log(name);
  }
}

/** Prints what the element says of the time that is left of each task of a file, a line each. */
import { readFileSync } from "node:fs";
import { left } from "../words.js";

for (const task of JSON.parse(readFileSync(process.argv[2], "utf8"))) console.log(left(task));

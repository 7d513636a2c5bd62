/**
 * The client of a Herald server, for browsers and Node: it reports, watches and
 * commands tasks. See README.md beside this file.
 */
export { Client } from "./client.js";
export { Away, Problem } from "./problem.js";
export { newTaskId } from "./id.js";

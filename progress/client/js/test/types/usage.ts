// What a program in TypeScript writes: it only has to be checked, not run.
import { Away, Client, Problem, newTaskId, type Control, type Frame, type Task } from "@taskherald/client";
import { HeraldProgress } from "@taskherald/client/element";
import { useWorkflowProgress as inReact } from "@taskherald/client/react";
import { useWorkflowProgress as inVue } from "@taskherald/client/vue";
import { listen, workflowProgress } from "@taskherald/client/workflow";
import { io } from "socket.io-client";
import { ref } from "vue";

const client = new Client({ url: "http://127.0.0.1:8080", token: "hrld_x", WebSocket });

export async function commands(): Promise<Task> {
  for await (const task of client.tasks({ status: ["running"], labels: { env: "prod" } })) {
    const percent: number = task.progress;
    console.log(task.title, percent, task.steps[0]?.substeps?.[0]?.done);
  }
  const claimed = await client.claim({ kinds: ["import"], worker: "w", wait: 30 });
  if (claimed) console.log(claimed.lease, claimed.run);
  try {
    return await client.command(newTaskId(), "approve", { step: 2, reason: "checked" });
  } catch (error) {
    if (error instanceof Problem) console.log(error.status, error.errors[0]?.field, error.state?.control);
    if (error instanceof Away) console.log(error.problem?.status, error.after);
    // @ts-expect-error there is no such verb
    return client.command("x", "explode");
  }
}

export async function work(): Promise<number> {
  const reporter = client.reporter({
    draft: { title: "Import", kind: "import", steps: [{ name: "Load", substeps: ["rows"], approval: { prompt: "Sure?", escalate: [{ after: 60 }, { after: 300, tell: ["bob"], by: ["email"] }] } }] },
    keep: 500,
    onControl: (control: Control, { step, run }) => console.log(control, step, run),
    onTrouble: (error) => console.log(error?.message),
  });
  reporter.report({ progress: 40, metrics: { rows: 4 }, message: "row 4" });
  reporter.step("Load", { progress: 40, status: "running" });
  reporter.log(["a", { line: "b", level: "warn" }]);
  reporter.done({ rows: 4 });
  reporter.fail(new Error("no"));
  // @ts-expect-error a percent is a number
  reporter.report({ progress: "40" });
  const { left, lost, error } = await reporter.close({ timeout: 1000 });
  console.log(error?.message);
  return left + lost;
}

export async function watch(): Promise<void> {
  for await (const frame of client.watch("x", { since: 4, logs: true, signal: AbortSignal.timeout(1000) })) show(frame);
  for await (const frame of client.watchAll({ kind: "import", labels: { env: "prod" } })) show(frame);
}

function show(frame: Frame): void {
  if (frame.type === "progress") console.log(frame.percent, frame.step?.name, frame.eta_seconds, frame.eta?.high, frame.eta?.basis);
  if (frame.type === "task_complete") console.log(frame.result);
}

export function page(): void {
  const el: HeraldProgress = document.createElement("herald-progress");
  el.task = "x";
  el.token = "hrld_x";
}

export function workflows(): void {
  const store = workflowProgress<{ note: string }>("build", { socket: io() });
  const leave = store.subscribe(({ progress, metadata, estimatedTimeRemaining }) => console.log(progress, metadata.note, estimatedTimeRemaining?.toFixed()));
  leave();
  const socket = listen({ token: "hrld_x", watch: [{ workflow_type: "build" }] });
  const vue = inVue("build", { socket, sessionId: ref("s") });
  const fromVue: number | null = vue.startTime.value;
  const { sessionId, step, progress, isComplete, isInProgress, reset } = inReact("build", { sessionId: "s" });
  console.log(fromVue, sessionId?.length, step, progress + 1, isComplete && isInProgress);
  reset();
}

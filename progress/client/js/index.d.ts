/** The client of a Herald server. */

export type Status = "pending" | "running" | "paused" | "approval" | "completed" | "failed" | "cancelled";
export type StepStatus = "pending" | "running" | "completed" | "failed" | "skipped" | "paused" | "approval";
export type Verb = "cancel" | "pause" | "resume" | "restart" | "approve" | "reject" | "retry" | "skip";
/** What a worker is told. */
export type Control = "pause" | "resume" | "wait" | "proceed" | "skip" | "fail" | "cancel" | "restart" | "retry";

/** A WebSocket as browsers have it, or that of the package ws. */
export type WebSocketClass = new (url: string, protocols?: string[]) => any;

export interface ClientOptions {
  /** Of the server; in a page the page's own, else http://127.0.0.1:8080. */
  url?: string;
  token?: string;
  fetch?: typeof globalThis.fetch;
  /** Milliseconds that a call may take that does not wait; 15,000. */
  timeout?: number;
  /** Where there is no global one, such as in Node 20. Without one a task is watched over server-sent events. */
  WebSocket?: WebSocketClass;
}

export interface CallOptions {
  signal?: AbortSignal;
}

export interface Gate {
  prompt: string;
  effects?: string[];
  options?: string[];
  approvers?: string[];
  /** What is done while nobody decides. */
  escalate?: Stage[];
  quorum?: number;
  /** Seconds. */
  expires_in?: number;
  default?: "reject" | "approve" | "hold";
  on_reject?: "fail" | "skip" | "cancel";
  risk?: "low" | "medium" | "high";
  self_approval?: boolean;
}

/** One more try to have an approval decided. */
export interface Stage {
  /** Seconds since the stage before it, of the first since it was asked. */
  after: number;
  /** People and "group:NAME", who may decide too; those who were asked before without. */
  tell?: string[];
  /** Channels such as "email"; every way that leads to them without. */
  by?: string[];
}

export interface DraftStep {
  name: string;
  weight?: number;
  substeps?: string[];
  approval?: Gate;
  allow_failure?: boolean;
}

/** A task to be made. */
export interface Draft {
  id?: string;
  title: string;
  kind?: string;
  /** A person, or "group:NAME"; everyone without. */
  owner?: string;
  labels?: Record<string, string>;
  metadata?: Record<string, unknown>;
  inputs?: unknown;
  complexity?: number;
  steps?: DraftStep[];
  parent?: string;
  callback_url?: string;
  /** What else is sent there than the start and the end: "progress", kinds such as "task.paused", beginnings such as "approval.*". */
  callback_events?: string[];
  /** What the worker obeys; everything without. */
  controls?: Verb[];
  /** Seconds without a word of its worker before it says so; 0 is for ever. */
  stall_after?: number;
}

export interface Fault {
  type?: string;
  message: string;
  details?: unknown;
  step?: number;
}

/** One report: whatever has changed. */
export interface Report {
  /** Percent of the task. */
  progress?: number;
  /** Order or name; a new name is appended to the plan. */
  step?: number | string;
  /** Percent of the step. */
  step_progress?: number;
  step_status?: StepStatus;
  substep?: string;
  substep_done?: boolean;
  message?: string;
  metrics?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
  result?: unknown;
  error?: string | Fault;
  status?: "running" | "completed" | "failed" | "cancelled";
  at?: string | Date;
  seq?: number;
  run?: number;
  attempt?: number;
  worker?: string;
  lease?: string;
}

/** What a worker is told after a report or heartbeat. */
export interface Answer {
  task_id: string;
  status: Status;
  version: number;
  /** null: carry on. */
  control: Control | null;
  /** That the control is about. */
  step?: number;
  run: number;
  attempt: number;
}

export interface Substep {
  name: string;
  done: boolean;
  status: StepStatus;
}

export interface StepLine {
  order: number;
  name: string;
  status: StepStatus;
  progress: number;
  duration_ms?: number;
}

export interface Approval extends Gate {
  step: number;
  step_name?: string;
  id?: string;
  digest?: string;
  status?: "pending" | "approved" | "rejected" | "expired" | "void";
  asked_by?: string;
  requested_at?: string;
  expires_at?: string;
  votes?: { by: string; decision: string; via: string; at: string; reason?: string; option?: string }[];
  decided_by?: string;
  decided_at?: string;
  via?: string;
  reason?: string;
  option?: string;
}

export interface Step extends StepLine {
  substeps?: Substep[];
  weight?: number;
  allow_failure?: boolean;
  started_at?: string;
  ended_at?: string;
  error?: Fault;
  approval?: Approval;
}

/** How long a task still takes, in seconds of work from now; four of five end between low and high. */
export interface ETA {
  low: number;
  likely: number;
  high: number;
  /** What it rests on, for people: "12 similar runs". */
  basis: string;
  /** How often people have to act before it can end; their time is in none of the numbers. */
  waits?: number;
}

/** A task as the server shows it. Fields may be added. */
export interface Task {
  task_id: string;
  title: string;
  status: Status;
  progress: number;
  /** 1-based; 0 without steps. */
  current_step: number;
  total_steps: number;
  started_at: string | null;
  /** Seconds of work that are left, most likely. */
  eta_seconds: number | null;
  eta: ETA | null;
  steps: Step[];
  run: number;
  attempt: number;
  seq: number;
  version: number;
  created_at: string;
  updated_at: string;
  ended_at: string | null;
  heartbeat_at: string | null;
  kind?: string;
  owner?: string;
  created_by?: string;
  labels?: Record<string, string>;
  parent?: string;
  complexity?: number;
  controls?: Verb[];
  message?: string;
  metrics?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
  inputs?: unknown;
  result?: unknown;
  error?: Fault;
  reason?: string;
  ended_by?: string;
  ended_via?: string;
  worker?: string;
  lease_until?: string;
  /** Why nothing moves, in words. */
  stalled?: string;
  stalled_cause?: "no_worker" | "quiet" | "overrun";
  approval?: Approval;
  /** What the caller may do next. */
  offers?: Verb[];
}

export interface LogLine {
  n: number;
  at: string;
  level?: string;
  step?: string;
  line: string;
}

export interface SentLine {
  at?: string | Date;
  level?: string;
  step?: string;
  line: string;
}

export interface Milestone {
  seq: number;
  version: number;
  type: string;
  step?: number;
  at: string;
  by: string;
  via: string;
  data: Record<string, unknown>;
}

/** What a watched task sends. Which fields are set follows from the type. */
export interface Frame {
  type:
    | "snapshot" | "task_created" | "task_started" | "progress" | "step_started" | "step_complete" | "step_failed"
    | "step_skipped" | "approval_needed" | "approval_decided" | "plan_changed" | "task_paused" | "task_resumed"
    | "task_restarted" | "task_retried" | "task_complete" | "task_failed" | "task_cancelled" | "task_stalled"
    | "log" | "control" | (string & {});
  task_id: string;
  /** Of the newest event that it reflects. */
  seq: number;
  version: number;
  at: string;
  task?: Task;
  percent?: number;
  message?: string;
  step?: StepLine | null;
  step_percent?: number | null;
  eta_seconds?: number | null;
  eta?: ETA | null;
  steps?: StepLine[];
  total_steps?: number;
  substep?: Substep;
  approval?: Approval;
  result?: unknown;
  error?: Fault | null;
  lines?: LogLine[];
  control?: Control;
  run?: number;
  attempt?: number;
  by?: string;
  via?: string;
  reason?: string;
}

export interface Query {
  status?: Status | Status[];
  kind?: string;
  owner?: string;
  /** All of which a task must have. */
  labels?: Record<string, string>;
  /** Words of the title. */
  q?: string;
  created_from?: string | Date;
  created_to?: string | Date;
  updated_from?: string | Date;
  updated_to?: string | Date;
  /** Tasks of one page, 1..200. */
  limit?: number;
}

export interface CommandOptions extends CallOptions {
  /** Order of the step; the one that the task's state means without. */
  step?: number;
  reason?: string;
  /** Of approve: one of those that were offered. */
  option?: string;
  /** Of approve and reject: that of the approval that was shown. */
  digest?: string;
  /** Of restart and retry: replace the task's. */
  inputs?: unknown;
  /** Under which it counts once, however often it is sent. */
  key?: string;
}

export interface ReporterOptions {
  /** Id of the task; that of the draft, or a new one, without. */
  task?: string;
  /** The task is made with it first, whenever the server can be reached; without, it exists. */
  draft?: Draft;
  /** Unique to this process; a fresh random name without. */
  worker?: string;
  lease?: string;
  run?: number;
  attempt?: number;
  /** The most reports kept while the server is away; 1,000. */
  keep?: number;
  /** Milliseconds between heartbeats when there is nothing to report; 3,000. */
  beat?: number;
  /** Hears what the worker is to do, each once. */
  onControl?: (control: Control, answer: Answer) => unknown;
  /** Hears each answer to a report or heartbeat. */
  onAnswer?: (answer: Answer) => unknown;
  /** Hears when the server goes away, comes back (null), refuses something, or reports are let go; each kind once. */
  onTrouble?: (error: Error | null) => unknown;
}

export interface Closed {
  /** Reports and lines that were not sent. */
  left: number;
  /** Reports that were let go because too many waited. */
  lost: number;
  /** Why, or what the server refused last; null if all went well. */
  error: Error | null;
}

/** Reports on one task without ever holding up the work. */
export interface Reporter {
  readonly task: string;
  readonly worker: string;
  readonly lost: number;
  report(report: Report): void;
  step(name: number | string, more?: {
    progress?: number; status?: StepStatus; substep?: string; done?: boolean;
    message?: string; metrics?: Record<string, unknown>; error?: string | Fault;
  }): void;
  log(lines: string | SentLine | (string | SentLine)[]): void;
  heartbeat(): void;
  done(result?: unknown): void;
  fail(error?: unknown): void;
  /** Says that what is reported from now on belongs to that run and attempt. */
  begin(run?: number, attempt?: number): void;
  /** Waits until all that was given is answered; false if the time (milliseconds, 10,000) was up first. */
  flush(options?: { timeout?: number }): Promise<boolean>;
  /** Sends what waits, as long as the time (milliseconds, 10,000) allows, and ends the reporter. Never rejects. */
  close(options?: { timeout?: number }): Promise<Closed>;
}

export interface WatchOptions extends CallOptions {
  /** Log lines too. */
  logs?: boolean;
  WebSocket?: WebSocketClass;
  /** Hears when frames come ("live") and when the server is away and tried again ("away"). */
  onState?: (state: "live" | "away", error: Away | null) => unknown;
}

export interface WatchTaskOptions extends WatchOptions {
  /** The seq that the caller has; a snapshot comes first without. */
  since?: number;
  /** With logs, the number of the line that the caller has: those after it come first. */
  lines?: number;
  /** Control frames for the worker of that name. */
  worker?: string;
}

export interface WatchAllOptions extends WatchOptions {
  kind?: string;
  owner?: string;
  labels?: Record<string, string>;
}

export type Claimed = Task & { lease: string };

export interface Decision extends Approval {
  task_id: string;
  control: Control | null;
  version: number;
}

export class Client {
  constructor(options?: ClientOptions);
  readonly url: string;
  createTask(draft: Draft, options?: CallOptions): Promise<Task>;
  task(id: string, options?: CallOptions): Promise<Task>;
  progress(id: string, options?: CallOptions): Promise<Task>;
  tasks(query?: Query, options?: CallOptions): AsyncGenerator<Task, void, undefined>;
  tasksPage(query?: Query & { cursor?: string }, options?: CallOptions): Promise<{ tasks: Task[]; next: string | null }>;
  logs(id: string, query?: { step?: string; level?: string | string[]; tail?: number; since?: number; limit?: number } & CallOptions): Promise<{ logs: LogLine[]; next: number | null }>;
  events(id: string, query?: { since?: number; limit?: number } & CallOptions): Promise<{ events: Milestone[]; next: number | null }>;
  history(id: string, query?: { before?: number; limit?: number } & CallOptions): Promise<{ runs: Task[]; snapshots: { at: string; step: number; run: number; percent: number }[]; next: number | null }>;
  stats(options?: CallOptions): Promise<Record<string, unknown>>;
  me(options?: CallOptions): Promise<{ person: string; groups: string[]; rights: string[]; sees_all: boolean; credential: string; expires_at: string | null }>;
  command(id: string, verb: Verb, options?: CommandOptions): Promise<Task>;
  cancel(id: string, options?: CommandOptions): Promise<Task>;
  pause(id: string, options?: CommandOptions): Promise<Task>;
  resume(id: string, options?: CommandOptions): Promise<Task>;
  restart(id: string, options?: CommandOptions): Promise<Task>;
  approve(id: string, options?: CommandOptions): Promise<Task>;
  reject(id: string, options?: CommandOptions): Promise<Task>;
  retry(id: string, options?: CommandOptions): Promise<Task>;
  skip(id: string, options?: CommandOptions): Promise<Task>;
  claim(options: { kinds: string[]; worker: string; wait?: number } & CallOptions): Promise<Claimed | null>;
  report(id: string, report: Report, options?: CallOptions): Promise<Answer>;
  heartbeat(id: string, options?: { worker?: string; lease?: string; run?: number; attempt?: number } & CallOptions): Promise<Answer>;
  log(id: string, lines: string | SentLine | (string | SentLine)[], options?: { key?: string } & CallOptions): Promise<{ lines: number; last: number }>;
  ask(id: string, step: number, gate: Gate, options?: CallOptions): Promise<Decision>;
  approval(id: string, step: number, options?: { wait?: number; run?: number; attempt?: number; worker?: string } & CallOptions): Promise<Decision>;
  reporter(options?: ReporterOptions): Reporter;
  watch(id: string, options?: WatchTaskOptions): AsyncIterableIterator<Frame>;
  watchAll(options?: WatchAllOptions): AsyncIterableIterator<Frame>;
}

/** Where the task stands, beside a refused report or heartbeat. */
export type State = Answer;

/** What the server said of a request that it refuses. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors: { field: string; message: string }[];
  readonly requestId: string;
  readonly after: number;
  readonly state: State | null;
}

/** The server cannot be reached, or cannot do it now: nothing was decided, the same may be sent again. */
export class Away extends Error {
  readonly problem: Problem | null;
  readonly after: number;
}

/** An id for a task of one's own; ids sort by their time. */
export function newTaskId(): string;

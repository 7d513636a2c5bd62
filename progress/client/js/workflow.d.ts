/** Following the workflows of a Herald server, as they are reported. */
import type { ClientOptions, WebSocketClass } from "./index.js";

/** What can be listened to: the socket of the stock socket.io-client, or what listen() returns. */
export interface EventSource {
  on(name: string, f: (...args: any[]) => void): unknown;
  off(name: string, f: (...args: any[]) => void): unknown;
}

export interface ListenOptions extends Pick<ClientOptions, "url" | "token" | "fetch" | "WebSocket"> {
  /** Only events of these sessions and types are sent; all that the token may see without. */
  watch?: { session_id?: string; workflow_type?: string }[];
}

/** Listens to the events of a server, and comes back after a break. */
export interface Listener extends EventSource {
  on(name: string, f: (...args: any[]) => void): this;
  off(name: string, f: (...args: any[]) => void): this;
  close(): void;
}

export function listen(options?: ListenOptions): Listener;

export interface WorkflowOptions {
  /** Only this session; the first that is heard of without. */
  sessionId?: string | null;
  url?: string;
  token?: string;
  fetch?: typeof globalThis.fetch;
  WebSocket?: WebSocketClass;
  /** Is listened to instead of a connection of its own, and is not closed. */
  socket?: EventSource;
}

export interface WorkflowState<Metadata = Record<string, any>> {
  readonly sessionId: string | null;
  readonly step: string | null;
  /** Percent, as it was reported. */
  readonly progress: number;
  readonly metadata: Metadata;
  /** When the session was first heard of, in milliseconds since 1970. */
  readonly startTime: number | null;
  /** Seconds: as the worker says, else at the pace so far; null if that is not known. */
  readonly estimatedTimeRemaining: number | null;
  /** At 100, or when the workflow says that it is completed. */
  readonly isComplete: boolean;
  readonly isInProgress: boolean;
  /** The newest state that was heard of. */
  readonly state: "Pending" | "Running" | "Paused" | "Completed" | "Failed" | "Cancelled" | null;
  /** Why there is no connection, as far as is known. */
  readonly error: Error | null;
}

export interface WorkflowStore<Metadata = Record<string, any>> extends WorkflowState<Metadata> {
  /** What is known now; another object after each change. */
  get(): WorkflowState<Metadata>;
  /** Calls f after each change, and listens until the returned function is called. */
  subscribe(f: (state: WorkflowState<Metadata>) => void): () => void;
  /** Forgets the session. */
  reset(): void;
}

export function workflowProgress<Metadata = Record<string, any>>(type: string, options?: WorkflowOptions): WorkflowStore<Metadata>;
export const fields: (keyof WorkflowState)[];

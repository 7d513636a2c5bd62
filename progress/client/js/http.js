import { Away, Problem, mediaType, refusalOf } from "./problem.js";

/** Where a server listens that nobody told otherwise. */
export const defaultURL = "http://127.0.0.1:8080";

const leastToken = 20; // a shorter one might be part of anything, and is not masked

/** Makes requests. The token goes into headers, and nowhere else. */
export class Http {
  #token;
  #fetch;
  #timeout;

  constructor({ url, token = "", fetch, timeout = 15_000 } = {}) {
    this.base = baseURL(url);
    if (typeof token !== "string" || !/^[!-~]*$/.test(token)) {
      throw new TypeError("the token holds a character that no token has, such as a space or a line end; look at where it is set");
    }
    this.#token = token;
    this.#fetch = fetch ?? ((...request) => globalThis.fetch(...request));
    this.#timeout = timeout;
  }

  /** The whole URL of a request. Parameters that say nothing are left out. */
  address(path, query = {}) {
    const q = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      for (const one of [value].flat()) {
        if (one !== undefined && one !== null && one !== "") q.append(name, one instanceof Date ? one.toISOString() : one);
      }
    }
    const text = q.toString();
    return this.base + path + (text && `?${text}`);
  }

  /**
   * The subprotocols with which a socket is opened, as browsers can send no
   * header with it; null if the token is none that can be sent so.
   */
  protocols() {
    if (!this.#token) return ["herald"];
    return /^[\w!#$%&'*+.^`|~-]+$/.test(this.#token) ? ["herald", `bearer.${this.#token}`] : null;
  }

  /** What Socket.IO is told on connecting. */
  auth() {
    return this.#token ? { token: this.#token } : {};
  }

  /** A text without the token, which may have got into anything. */
  masked(text) {
    return this.#token.length < leastToken ? text : text.replaceAll(this.#token, "***");
  }

  /**
   * Makes a call and returns what the answer says: null for 204, a list for
   * NDJSON. body is encoded as JSON; a text goes as it is, as NDJSON.
   */
  async call({ method = "GET", path, query, body, key, wait = 0, signal }) {
    const headers = {};
    if (key) headers["Idempotency-Key"] = key;
    if (body !== undefined) headers["Content-Type"] = typeof body === "string" ? "application/x-ndjson" : "application/json";
    const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const limit = limited(this.#timeout + wait, signal);
    try {
      const response = await this.open(this.address(path, query), { method, headers, body: text && this.masked(text) }, limit.signal);
      const answer = await response.text().catch((error) => { throw this.#unreached(error); });
      if (!response.ok) throw refusalOf(response, answer);
      return response.status === 204 ? null : decoded(response, answer);
    } catch (error) {
      throw limit.cause(error, this.base);
    } finally {
      limit.end();
    }
  }

  /** Sends a request, and returns the response as soon as it begins. */
  async open(url, { headers = {}, ...init }, signal) {
    const dress = this.#token ? { ...headers, Authorization: `Bearer ${this.#token}` } : headers;
    let response;
    try {
      response = await this.#fetch(url, { ...init, headers: dress, signal, redirect: "manual" });
    } catch (error) {
      throw this.#unreached(error);
    }
    if (response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400)) {
      throw new Away(`${this.base} sends us on to another address; if you trust that server, give its URL`);
    }
    return response;
  }

  #unreached(error) {
    const why = error?.cause?.message || error?.cause?.code || error?.message || "no answer";
    return new Away(this.masked(`${this.base} cannot be reached: ${why}`));
  }
}

/** Ends a call after a time, or when its caller wants that. */
function limited(ms, signal) {
  signal?.throwIfAborted();
  const control = new AbortController();
  let late = false;
  const stop = () => control.abort();
  const timer = setTimeout(() => { late = true; stop(); }, ms);
  signal?.addEventListener("abort", stop);
  return {
    signal: control.signal,
    /** Why a call really failed. */
    cause(error, base) {
      if (error instanceof Problem) return error;
      if (signal?.aborted) return signal.reason;
      return late ? new Away(`${base} cannot be reached: it does not answer in time`) : error;
    },
    end() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    },
  };
}

function baseURL(text) {
  const page = globalThis.location?.protocol?.startsWith("http") ? globalThis.location.origin : undefined;
  let url;
  try {
    url = new URL(text || page || defaultURL, page);
  } catch {
    throw new TypeError(`the server's URL cannot be read; it looks like ${defaultURL}`); // the text might show a password
  }
  if (url.username || url.password) throw new TypeError("the server's URL must not hold a name or password; give the token beside it");
  if (!/^https?:$/.test(url.protocol) || url.search || url.hash) {
    throw new TypeError(`the server's URL must look like ${defaultURL}, without ? and #`);
  }
  return url.href.replace(/\/+$/, "");
}

function decoded(response, text) {
  try {
    switch (mediaType(response)) {
      case "application/json":
        return JSON.parse(text);
      case "application/x-ndjson":
        return listed(text);
    }
  } catch {
    throw new Away("the answer cannot be read");
  }
  throw new Away("something that is not Herald answered; is the URL right, and is Herald running there?");
}

/** The lines of an answer, up to where it breaks off. */
function listed(text) {
  const out = [];
  for (const line of text.split("\n")) {
    if (!line.trim()) continue;
    try {
      out.push(JSON.parse(line));
    } catch {
      break;
    }
  }
  return out;
}

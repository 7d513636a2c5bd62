// Notices on the desktop, and how this browser is reached. See doc.go beside this file.
"use strict";

const notices = (() => {
  const person = document.querySelector(".person bdi")?.textContent;
  const day = 24 * 3600 * 1000;
  const name = "herald.notices";

  // What somebody has turned on in this browser: {mode: "push" or "page", person}, and
  // of push also what the server knows of it: {id, endpoint, key, at}.
  function kept() {
    try {
      return JSON.parse(localStorage.getItem(name)) || {};
    } catch {
      return {};
    }
  }

  // Keeps it, for the service worker too, which has no other memory.
  async function keep(what = {}) {
    const text = JSON.stringify(what);
    localStorage.setItem(name, text);
    await (await caches.open("herald")).put("/notices", new Response(text));
  }

  const granted = () => globalThis.Notification?.permission === "granted";
  const mine = (mode) => kept().mode === mode && kept().person === person && granted();

  // Calls the API. What it refuses is an Error with its status and words.
  async function call(method, path, body) {
    const response = await fetch(path, {
      method, headers: { Accept: "application/json", ...(body && { "Content-Type": "application/json" }) }, body: body && JSON.stringify(body),
    });
    const answer = response.status === 204 ? {} : await response.json();
    if (response.ok) return answer;
    throw Object.assign(new Error(answer.detail), { status: response.status });
  }

  const register = async () => {
    await navigator.serviceWorker.register("/sw.js");
    return navigator.serviceWorker.ready;
  };

  const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  // The key that an address is for. Not every browser tells; then it is as we know it.
  function keyOf({ options }) {
    return options?.applicationServerKey ? base64(options.applicationServerKey) : kept().key;
  }

  // The browser by a name that its owner knows.
  function browserName() {
    const agent = navigator.userAgent;
    const find = (pairs) => pairs.find(([part]) => agent.includes(part))?.[1];
    const browser = find([["Edg/", "Edge"], ["OPR/", "Opera"], ["Firefox/", "Firefox"], ["Chrom", "Chrome"], ["Safari/", "Safari"]]) || "Browser";
    const system = find([["Android", "Android"], ["iPhone", "iPhone"], ["iPad", "iPad"], ["Windows", "Windows"], ["Mac OS", "macOS"], ["CrOS", "ChromeOS"], ["Linux", "Linux"]]);
    return system ? `${browser} on ${system}` : browser;
  }

  // Has the browser make an address for the server's key, and the server know it. One
  // that was made for another key, or for another person, is given up.
  async function subscribe(registration, key) {
    const was = kept();
    const ours = was.mode === "push" && was.person === person;
    let sub = await registration.pushManager.getSubscription();
    if (sub && !(ours && keyOf(sub) === key)) {
      await sub.unsubscribe();
      sub = null;
    }
    sub ||= await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    const { id } = await call("POST", "/api/push/subscriptions", {
      ...sub.toJSON(), key, name: browserName(), replaces: ours ? was.id : undefined,
    });
    await keep({ mode: "push", person, id, endpoint: sub.endpoint, key, at: Date.now() });
  }

  // Turns notices on after the person has allowed them: by push, or while a page is open.
  async function turnOn(mode) {
    if (await Notification.requestPermission() !== "granted") return;
    const registration = await register();
    if (mode === "push") await subscribe(registration, (await call("GET", "/api/push/key")).key);
    else await keep({ mode, person });
  }

  async function forget() {
    await keep();
    const registration = await navigator.serviceWorker?.getRegistration("/");
    await (await registration?.pushManager?.getSubscription())?.unsubscribe();
  }

  async function turnOff() {
    const { id, person: of } = kept();
    await forget();
    if (!id || of !== person) return; // the push service tells the server
    await call("DELETE", `/api/subscriptions/${id}`).catch((problem) => {
      if (problem.status !== 404) throw problem;
    });
  }

  // Keeps the server's picture of this browser true: once a day, and as soon as either
  // of them has another key. Who has ended it elsewhere has ended it here.
  async function heal() {
    if (!mine("push")) return;
    const was = kept();
    const [registration, { key }] = await Promise.all([register(), call("GET", "/api/push/key")]);
    const sub = await registration.pushManager.getSubscription();
    const same = sub?.endpoint === was.endpoint && was.key === key && keyOf(sub) === key;
    if (same && Date.now() - was.at < day) return;
    const { subscriptions } = await call("GET", "/api/subscriptions?channel=webpush");
    const known = subscriptions.find(({ id }) => id === was.id);
    if (!known) await forget();
    else if (known.on || !known.off.startsWith("switched off by")) await subscribe(registration, key);
  }

  // Shows a notice frame, unless push does, or the reader is looking at this page.
  // Several tabs show one.
  async function tell({ task_id: task, seq, notice }) {
    if (!mine("page") || (!document.hidden && document.hasFocus())) return;
    const open = `/tasks/${encodeURIComponent(task)}`;
    const options = {
      body: [notice.about, ...(notice.details || [])].filter(Boolean).join("\n"), tag: notice.tag,
      icon: document.querySelector("link[rel=apple-touch-icon]").href, data: { open, seq },
    };
    await navigator.locks.request("herald-notice", async () => {
      const registration = await navigator.serviceWorker.getRegistration("/");
      if (!registration?.active) {
        new Notification(notice.text, options).onclick = () => { focus(); location.assign(open); };
        return;
      }
      const shown = await registration.getNotifications({ tag: notice.tag });
      if (shown.some((n) => n.data?.seq >= seq)) return;
      await registration.showNotification(notice.text, { ...options, renotify: true });
    });
  }

  const quietly = (promise) => promise.catch((problem) => console.info("notices:", problem.message));
  if (person && globalThis.isSecureContext) quietly(navigator.locks.request("herald-heal", heal));

  return { kept, person, granted, turnOn, turnOff, tell: (frame) => quietly(tell(frame)) };
})();

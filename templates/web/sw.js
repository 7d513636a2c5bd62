// Shows what Herald pushes, and does what is pressed there. See doc.go beside this file.
"use strict";

const icon = "icon-192.png"; // the server puts their paths here
const badge = "badge.png";
const patience = 20000; // milliseconds that a decision may take

// What is said where the server cannot say it: it was not understood, or not reached.
const words = {
  en: { news: "There is news. Open Herald to see it.", lost: "Herald was not reached, and nothing is known to have changed. Try again, or open the page." },
  de: { news: "Es gibt Neues; in Herald steht mehr.", lost: "Herald war nicht zu erreichen; soweit bekannt, hat sich nichts geändert. Bitte noch einmal versuchen oder die Seite öffnen." },
  es: { news: "Hay novedades. Abre Herald para verlas.", lost: "No se pudo contactar con Herald y, que se sepa, nada ha cambiado. Inténtalo de nuevo o abre la página." },
  fr: { news: "Il y a du nouveau. Ouvrez Herald pour le voir.", lost: "Herald n’a pas pu être joint et, à notre connaissance, rien n’a changé. Réessayez ou ouvrez la page." },
  pt: { news: "Há novidades. Abra o Herald para vê-las.", lost: "Não foi possível acessar o Herald e, até onde se sabe, nada mudou. Tente de novo ou abra a página." },
};
const say = (key, lang) => (words[String(lang || navigator.language).slice(0, 2)] || words.en)[key];

// --- Showing -------------------------------------------------------------

const plain = () => ({ title: "Herald", body: say("news"), tag: "herald", navigate: "/" });

// What a payload asks for, in the form of Declarative Web Push. One that cannot be
// read shows something all the same: browsers insist on that.
function read(data) {
  try {
    const n = data.json().notification;
    return n.title ? n : plain();
  } catch {
    return plain();
  }
}

async function show(n) {
  const { open = n.navigate || "/", ...data } = n.data || {};
  const actions = (n.actions || []).slice(0, Notification.maxActions);
  return registration.showNotification(n.title, {
    body: n.body || "", lang: n.lang || "", dir: n.dir || "auto", tag: n.tag || "", icon, badge,
    silent: Boolean(n.silent), requireInteraction: Boolean(n.requireInteraction),
    renotify: Boolean(n.tag && data.renotify && !n.silent),
    actions: actions.map(({ action, title }) => ({ action, title })),
    data: { ...data, open, pages: Object.fromEntries(actions.map((a) => [a.action, a.navigate])), actions },
  });
}

addEventListener("push", (event) => {
  event.waitUntil(show(read(event.data)).catch(() => show(plain())));
});

// --- Pressing ------------------------------------------------------------

const decisions = ["approve", "reject"];

// Goes to a tab that shows the page, or opens one.
async function visit(to) {
  const url = new URL(to, location.origin);
  const tabs = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = tabs.find((tab) => {
    const at = new URL(tab.url);
    return at.origin === url.origin && at.pathname === url.pathname;
  });
  return there ? there.focus() : clients.openWindow(url.href);
}

// What came of a ticket; nothing if the server was not reached, or could not say.
async function act(ticket, verb) {
  try {
    const response = await fetch("/api/act", {
      method: "POST", credentials: "omit", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ticket, verb }), signal: AbortSignal.timeout(patience),
    });
    if (response.status === 429 || response.status >= 500) return undefined;
    const answer = await response.json();
    return { done: response.ok, text: answer.text || answer.detail };
  } catch {
    return undefined;
  }
}

const sentence = (text) => text[0].toUpperCase() + text.slice(1);

// Decides, and says in the place of the question what came of it. It may be pressed
// again when that is not known: a ticket counts once.
async function decide(n, verb) {
  const { [verb]: ticket, open, pages, actions, ...rest } = n.data;
  const out = await act(ticket, verb);
  const said = { title: n.title, body: n.body, lang: n.lang, dir: n.dir, tag: n.tag, data: { open, task_id: rest.task_id } };
  if (!out?.text) {
    return show({ ...said, body: say("lost", n.lang), actions, data: { ...rest, [verb]: ticket, open: pages[verb] || open, renotify: true } });
  }
  return show({ ...said, title: `${out.done ? "✓" : "✕"} ${sentence(out.text)}` });
}

addEventListener("notificationclick", (event) => {
  const { notification: n, action } = event;
  const { open = "/", pages = {}, ...data } = n.data || {};
  if (decisions.includes(action) && data[action]) {
    event.waitUntil(decide(n, action));
    return;
  }
  n.close();
  event.waitUntil(visit(pages[action] || open));
});

// --- Staying reachable ---------------------------------------------------

const get = async (path) => (await fetch(path)).json();

// The browser has another address for us. Only if it is still the same person's is the
// server told: else, or if that fails, the next page that they open sees to it.
async function renew() {
  const kept = await (await (await caches.open("herald")).match("/notices"))?.json();
  if (kept?.mode !== "push") return;
  const [{ key }, { person }] = await Promise.all([get("/api/push/key"), get("/api/me")]);
  if (person !== kept.person) return;
  const fresh = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  await fetch("/api/push/subscriptions", {
    method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...fresh.toJSON(), key, replaces: kept.id }),
  });
}

addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew()));

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

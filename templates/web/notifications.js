// What of the notifications page is about this browser. Its words stand in the page:
// of what is marked with data-when that is shown which fits how things are.
"use strict";

(() => {
  const part = document.getElementById("browser");
  const list = document.getElementById("live");
  const patience = 30000; // milliseconds that turning on may take once it is allowed

  const apple = /iPhone|iPad|iPod/.test(navigator.userAgent) || (navigator.userAgent.includes("Macintosh") && navigator.maxTouchPoints > 1);
  const installed = navigator.standalone || matchMedia("(display-mode: standalone)").matches;
  const pushes = part.dataset.push && "PushManager" in globalThis;

  function state() {
    const { mode, person } = notices.kept();
    if (!isSecureContext) return "insecure";
    if (apple && !installed && !("PushManager" in globalThis)) return "apple";
    if (!("Notification" in globalThis) || !navigator.serviceWorker) return "unable";
    if (Notification.permission === "denied") return "denied";
    if (!mode || !notices.granted()) return pushes ? "off" : "off-page";
    if (person !== notices.person) return "other";
    return mode === "page" && pushes ? "page" : mode === "page" ? "page-only" : "push";
  }

  // Changes nothing that is so: the list is watched for changes.
  function hide(el, hidden) {
    if (el.hidden !== hidden) el.hidden = hidden;
  }

  function show() {
    const now = state(), { person, id } = notices.kept();
    for (const el of part.querySelectorAll("[data-when]")) hide(el, !el.dataset.when.split(" ").includes(now));
    for (const el of part.querySelectorAll("[data-person]")) el.textContent = person || "";
    for (const el of list.querySelectorAll("[data-here]")) hide(el, now !== "push" || el.dataset.here !== id);
  }

  const late = (ms) => new Promise((_, no) => setTimeout(() => no(new Error(part.dataset.late)), ms));

  const deeds = {
    push: async () => {
      await Notification.requestPermission(); // people take their time
      await Promise.race([notices.turnOn("push"), late(patience)]);
    },
    page: () => notices.turnOn("page"),
    off: () => notices.turnOff(),
  };

  part.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (!button || part.dataset.busy) return;
    const trouble = document.getElementById("browser-trouble");
    trouble.hidden = true;
    part.dataset.busy = "1";
    try {
      await deeds[button.value]();
    } catch (problem) {
      trouble.querySelector("span").textContent = problem.message;
      trouble.hidden = false;
    }
    delete part.dataset.busy;
    show();
    document.getElementById("browser-state").focus();
    refresh(); // of app.js: the list has another browser, or one less
  });

  // Offers the zone that the browser is in to who has not said where they live.
  const zone = document.getElementById("time_zone");
  const offer = document.getElementById("zone-offer");
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

  function propose() {
    hide(offer, Boolean(zone.value) || !here);
  }

  offer.querySelector("bdi").textContent = here;
  offer.addEventListener("click", () => {
    zone.value = here;
    zone.focus();
    propose();
  });
  zone.addEventListener("input", propose);
  propose();

  new MutationObserver(show).observe(list, { childList: true, subtree: true, attributeFilter: ["hidden"] });
  addEventListener("storage", show);
  show();
})();

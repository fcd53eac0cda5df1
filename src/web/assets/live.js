// A page that lives: the server says "something changed", the page asks what, and only what differs is
// touched, so that focus, scrolling and what somebody is typing stay. It comes back by itself after an
// outage, and says when it stands still.
(() => {
  "use strict";
  const SETTLE = 150;
  const MINUTE = 60000;
  const part = document.querySelector("[data-reload-on]");
  if (!part || !window.EventSource) return;
  const live = document.getElementById("live");
  const find = (selector) => part.querySelector(selector);
  const said = () => { const el = find("[data-say]"); return el ? el.textContent.replace(/\s+/g, " ").trim() : ""; };

  // Makes `old` like `now`. What has an id is the same thing wherever it stands.
  function patch(old, now) {
    if (old.isEqualNode(now)) return;
    if (old.nodeType !== 1 || old.nodeName !== now.nodeName || old.id !== now.id) { old.replaceWith(now); return; }
    // Whether something is unfolded or spoken of offline is this screen's own matter.
    const ours = (name) => name === "open" || name === "draggable" || (name === "hidden" && old.hasAttribute("data-offline"));
    [...old.attributes].forEach(({ name }) => { if (!now.hasAttribute(name) && !ours(name)) old.removeAttribute(name); });
    [...now.attributes].forEach(({ name, value }) => { if (!ours(name) && old.getAttribute(name) !== value) old.setAttribute(name, value); });
    const known = new Map([...old.children].filter((el) => el.id).map((el) => [el.id, el]));
    let at = old.firstChild;
    for (const next of [...now.childNodes]) {
      const there = next.id ? known.get(next.id) : at && !at.id && at.nodeName === next.nodeName ? at : null;
      if (!there) { old.insertBefore(next, at); continue; }
      if (there !== at) old.insertBefore(there, at);
      at = there.nextSibling;
      patch(there, next);
    }
    while (at) { const gone = at; at = at.nextSibling; gone.remove(); }
  }

  let waiting = 0;
  let busy = false;
  let again = false;
  const later = (ms) => { clearTimeout(waiting); waiting = setTimeout(refresh, ms); };
  async function refresh() {
    if (busy) { again = true; return; }
    if (document.hidden) return;
    if (document.querySelector("dialog[open]") || find("form[data-sent]")) { later(1000); return; }
    busy = true;
    try {
      const reply = await fetch(location.href, { headers: { accept: "text/html" }, credentials: "same-origin", cache: "no-store" });
      if (reply.redirected || reply.status === 401 || reply.status === 403) { location.reload(); return; }
      if (!reply.ok) { lost(); later(10000); return; }
      const next = new DOMParser().parseFromString(await reply.text(), "text/html").querySelector("[data-reload-on]");
      if (!next) return;
      const before = said();
      const focused = part.contains(document.activeElement) && document.activeElement.id;
      patch(part, next);
      if (focused && document.activeElement.id !== focused) {
        const el = document.getElementById(focused);
        if (el) el.focus({ preventScroll: true });
      }
      part.dispatchEvent(new CustomEvent("patched"));
      if (live && said() !== before) live.textContent = said();
      if (events && events.readyState === EventSource.OPEN) found();
    } catch { lost(); later(5000); } finally {
      busy = false;
      if (again) { again = false; later(0); }
    }
  }

  // Standing still is said after a moment: a stream that ends by itself is back before anybody reads it.
  let doubt = 0;
  const tell = (still) => {
    const el = find("[data-offline]");
    if (!el || el.hidden === !still) return;
    el.hidden = !still;
    if (still && live) live.textContent = el.textContent.trim();
  };
  function lost() { if (!doubt) doubt = setTimeout(tell, 4000, true); }
  function found() { clearTimeout(doubt); doubt = 0; tell(false); }

  let events = null;
  let patience = 2000;
  function listen() {
    if (events) events.close();
    events = new EventSource(part.dataset.events);
    events.addEventListener(part.dataset.reloadOn, () => later(SETTLE));
    events.addEventListener("open", () => { patience = 2000; found(); later(SETTLE); });
    events.addEventListener("error", () => {
      lost();
      // The browser tries again after an outage, but not after a refusal.
      if (events.readyState !== EventSource.CLOSED) return;
      setTimeout(listen, patience);
      patience = Math.min(patience * 2, 30000);
      later(SETTLE);
    });
  }
  listen();
  window.addEventListener("offline", () => { clearTimeout(doubt); doubt = 1; tell(true); });
  window.addEventListener("online", () => { listen(); later(0); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) later(0); });
  setInterval(() => later(0), MINUTE); // the minutes waited go on by themselves
})();

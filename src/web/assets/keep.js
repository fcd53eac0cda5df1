// Keeps on the server what is typed and not yet saved. Nothing stays in the browser.
(() => {
  "use strict";
  const place = document.querySelector("form [data-keeps]");
  if (!place) return;
  const form = place.closest("form");
  const told = place.dataset;
  // The fields that are kept: those that are named, or all but what belongs to the sending.
  const sent = ["csrf", "once", "then", "version", "template", "lines_rows", "tests_rows"];
  const names = () => told.fields ? told.fields.split(" ") : [...new FormData(form).keys()].filter((name) => !sent.includes(name));
  let version = told.version;
  let [timer, busy, stopped, lost, unsent] = [0, false, false, false, false];
  const typed = () => {
    const body = {};
    names().forEach((name) => { const el = form.elements[name]; if (el && el.value.trim()) body[name] = el.value; });
    const note = form.elements.version;
    if (note && note.value) body[told.of] = Number(note.value);
    return JSON.stringify(body);
  };
  let kept = typed();
  const say = (words, ...buttons) => {
    if (place.firstChild && place.firstChild.data === words && !buttons.length) return;
    place.replaceChildren(words, ...buttons);
  };
  const clock = (at) => new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: told.zone }).format(new Date(at));
  const button = (words, act) => {
    const el = document.createElement("button");
    el.type = "button";
    el.className = "plain";
    el.textContent = words;
    el.addEventListener("click", act);
    return el;
  };
  const soon = (ms) => { if (!timer && !stopped) timer = setTimeout(() => { timer = 0; keep(false); }, ms); };

  // No connection. That something was not sent matters more than that it is not kept yet.
  const out = () => {
    lost = true;
    say(unsent ? told.offline : told.lost);
    soon(unsent ? 1000 : 5000);
  };

  // Another window of the same person was here: whoever sits here says which text counts.
  const ask = () => {
    stopped = true;
    const mine = button(told.mine, async () => {
      try {
        const reply = await fetch(told.keeps, { credentials: "same-origin" });
        if (!reply.ok) return;
        version = String((await reply.json()).version);
        stopped = false;
        kept = "";
        keep(false);
      } catch { /* the button is still there */ }
    });
    say(told.other + " ", mine, " ", button(told.theirs, () => location.reload()));
  };

  async function keep(last) {
    const body = typed();
    if (stopped || busy || body === kept) return;
    busy = true;
    try {
      const headers = { "content-type": "application/json", "x-csrf-token": form.elements.csrf.value };
      if (version) headers["if-match"] = `"v${version}"`;
      const reply = await fetch(told.keeps, { method: "PUT", headers, body, credentials: "same-origin", keepalive: last });
      [lost, unsent] = [false, false];
      if (reply.ok) {
        const draft = await reply.json();
        version = String(draft.version);
        kept = body;
        say(told.kept.replace("{}", clock(draft.updated_at)));
      } else if (reply.status === 412 || reply.status === 428) {
        ask();
      } else if (reply.status === 401 || (reply.status === 403 && await window.reached())) {
        say(told.out);
        soon(10000);
      } else if (reply.status === 403 && headers["x-csrf-token"] !== form.elements.csrf.value) {
        soon(1); // signed in again
      } else if (reply.status < 500) {
        kept = body; // until something else is typed
        say(told.refused);
      } else {
        throw new Error(String(reply.status));
      }
    } catch {
      out();
    } finally {
      busy = false;
      if (!lost && typed() !== kept) soon(2000);
    }
  }

  // What is typed and not saved is asked about before the visit is completed without it.
  const leaves = () => document.querySelectorAll("[data-leaves]").forEach((el) => { el.dataset.confirm = el.dataset.leaves; });
  if (version) leaves();
  ["input", "filled"].forEach((what) => form.addEventListener(what, () => { leaves(); soon(2000); }));
  // Another form of the page is sent: first what is typed is kept, so that the next page has it. Where it cannot be
  // kept, the page stays and says why. The second time is for a token that was renewed.
  const settled = async () => {
    while (busy) await new Promise((then) => setTimeout(then, 50));
    for (let i = 0; i < 2 && typed() !== kept && !stopped && !lost; i++) await keep(false);
    return typed() === kept;
  };
  let goes = null;
  document.addEventListener("submit", (event) => {
    const [other, button] = [event.target, event.submitter];
    if (other === form || other.method !== "post" || goes === other || stopped || typed() === kept) return;
    event.preventDefault();
    event.stopPropagation();
    settled().then((safe) => {
      if (!safe) { place.scrollIntoView({ block: "center" }); return; }
      goes = other;
      other.requestSubmit(button);
      goes = null;
    });
  }, true);
  // The last seconds before the page goes are kept on the way; where they cannot be, it is asked.
  window.addEventListener("beforeunload", (event) => { if (lost && typed() !== kept) event.preventDefault(); });
  window.addEventListener("online", () => keep(false));
  window.addEventListener("offline", () => { if (typed() !== kept) out(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) keep(true); });
  form.addEventListener("submit", (event) => {
    if (lost || navigator.onLine === false) {
      // Sent into the void it would be lost: it stays, and is kept as soon as it can be.
      event.preventDefault();
      event.stopPropagation();
      unsent = true;
      out();
      // The connection may be back already: then it goes, by the same press.
      const button = event.submitter;
      if (navigator.onLine) fetch("/livez", { cache: "no-store" }).then(({ ok }) => { if (ok) { lost = false; form.requestSubmit(button); } }).catch(() => {});
      return;
    }
    stopped = true;
    clearTimeout(timer);
  });
  // Nobody answered, whatever the browser believes about its connection.
  form.addEventListener("unsent", (event) => {
    stopped = false;
    if (event.detail !== "lost") return;
    event.preventDefault();
    unsent = true;
    out();
  });
  // Coming back through history brings the page as it was left; what was saved since is newer.
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();

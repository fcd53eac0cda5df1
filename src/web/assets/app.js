// What the keyboard and the clock add to pages that work without them.
(() => {
  "use strict";
  const $ = (selector, from = document) => from.querySelector(selector);
  // A box to tick takes no letters: the single keys go on there.
  const typing = (el) => el && (el.isContentEditable || el.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=file])"));
  const changed = new Set();
  const keys = $("#keys");
  const confirmBox = $("#confirm");

  // On a phone the navigation is one row: where one is stands in its middle.
  const here = $(".top .tabs [aria-current]");
  if (here) {
    const { left, width } = here.getBoundingClientRect();
    here.parentElement.scrollLeft += left - (innerWidth - width) / 2;
  }

  // Single keys can be switched off: speech input says letters.
  const keysOn = $("#keys-on");
  const off = "polyclinic.keys.off";
  const kept = { get: () => { try { return localStorage.getItem(off); } catch { return null; } },
                 set: (on) => { try { on ? localStorage.removeItem(off) : localStorage.setItem(off, "1"); } catch { /* not kept */ } } };
  if (keysOn) {
    keysOn.checked = !kept.get();
    keysOn.addEventListener("change", () => kept.set(keysOn.checked));
  }

  const open = (dialog) => { if (dialog && !dialog.open) dialog.showModal(); };

  // The page's own keys join the list: whatever says aria-keyshortcuts, or data-key where a script has them.
  const listKeys = () => {
    const list = $("dl", keys);
    list.querySelectorAll("[data-own]").forEach((row) => row.remove());
    document.querySelectorAll("main [aria-keyshortcuts], main [data-key]").forEach((el) => {
      const row = document.createElement("div");
      row.dataset.own = "";
      row.append(document.createElement("dt"), document.createElement("dd"));
      const key = document.createElement("kbd");
      key.textContent = el.dataset.key || el.getAttribute("aria-keyshortcuts").replace("Control", "Ctrl");
      row.firstChild.append(key);
      row.lastChild.textContent = el.textContent.trim() || el.getAttribute("aria-label") || "";
      list.append(row);
    });
  };
  const showKeys = () => { if (keys) { listKeys(); open(keys); } };
  document.querySelectorAll("[data-opens]").forEach((el) => { el.hidden = false; });

  const press = (name) => {
    const el = [...document.querySelectorAll("main [aria-keyshortcuts]")].find((e) => e.getAttribute("aria-keyshortcuts") === name);
    if (el) typing(el) ? el.focus() : el.click();
    return el;
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || $("dialog[open]")) return;
    const here = document.activeElement;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const send = here && here.form && $("[aria-keyshortcuts='Control+Enter']", here.form);
      if (send) { event.preventDefault(); send.click(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      if (typing(here)) { here.blur(); return; }
      const back = $("main a[data-back]");
      if (back && changed.size === 0) back.click();
      return;
    }
    if (typing(here) || (keysOn && !keysOn.checked)) return;
    if (event.key === "/") {
      const search = $("main [data-suggest]") || $("#q");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    } else if (event.key === "?") {
      event.preventDefault();
      showKeys();
    } else if (event.key.length === 1 && press(event.key)) {
      event.preventDefault();
    }
  });

  document.addEventListener("click", (event) => {
    const el = event.target.closest("[data-print], [data-opens]");
    if (!el) return;
    event.preventDefault();
    if (el.hasAttribute("data-print")) window.print(); else showKeys();
  });
  document.querySelectorAll("[data-print]").forEach((el) => {
    el.hidden = false;
    if (el.hasAttribute("data-first")) el.focus();
  });
  // Once printed, the next thing is at hand: Enter, Enter.
  window.addEventListener("afterprint", () => { const next = $("main [data-after-print]"); if (next) next.focus(); });

  document.addEventListener("input", (event) => {
    if (event.target.form && event.target.form.method === "post") changed.add(event.target.form);
  });

  // Ask once before what harms, then send; and send once.
  // The word that the box was closed comes later than the closing: by then it may be asking again.
  let answer = () => {};
  if (confirmBox) confirmBox.addEventListener("close", () => { if (!confirmBox.open) answer(confirmBox.returnValue === "yes"); });
  const ask = (button) => new Promise((tell) => {
    answer(false);
    answer = tell;
    $("#confirm-ask").textContent = button.dataset.confirm;
    $("#confirm-then").textContent = button.dataset.then || "";
    $("[value=yes]", confirmBox).textContent = button.textContent.trim();
    confirmBox.returnValue = "no";
    open(confirmBox);
  });
  let agreed = null;
  // What was typed is not sent into the void: where nobody answers, the form stays and says so.
  const unsent = $("#unsent");
  // Why it would not arrive: "lost" (no connection), "out" (no session), "other" (somebody else's); "" where it would.
  // After signing in again the page goes on: its forms get the token of the new session.
  const reached = async () => {
    if (navigator.onLine === false) return "lost";
    try {
      const options = { cache: "no-store", headers: { accept: "application/json" }, signal: AbortSignal.timeout(5000) };
      const reply = await fetch(unsent.dataset.ask, options);
      if ([401, 403, 404].includes(reply.status)) return "out";
      const { user, token } = await reply.json();
      if (!reply.ok) return "lost";
      if (user !== unsent.dataset.me) return "other";
      document.querySelectorAll("input[name=csrf]").forEach((el) => { el.value = token; });
      return "";
    } catch { return "lost"; }
  };
  window.reached = reached;
  const keep = (form, button, why) => {
    delete form.dataset.sent;
    if (button) button.removeAttribute("aria-disabled");
    // A form that keeps what is typed says it in its own place.
    if (!form.dispatchEvent(new CustomEvent("unsent", { cancelable: true, detail: why }))) return;
    unsent.textContent = unsent.dataset[why];
    (button && button.closest(".submit") || form).before(unsent);
    unsent.hidden = false;
    unsent.focus();
  };
  let known = null;
  window.addEventListener("online", () => { if (unsent) unsent.hidden = true; });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (confirmBox && button && button.dataset.confirm && agreed !== button) {
      event.preventDefault();
      ask(button).then((yes) => {
        if (!yes) { button.focus(); return; }
        agreed = button;
        form.requestSubmit(button);
      });
      return;
    }
    const asked = agreed;
    agreed = null;
    if (form.dataset.sent && known !== form) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    if (button) button.setAttribute("aria-disabled", "true");
    if (unsent && changed.has(form) && known !== form) {
      event.preventDefault();
      reached().then((why) => {
        if (why) { keep(form, button, why); return; }
        [known, agreed] = [form, asked];
        form.requestSubmit(button);
        known = null;
      });
      return;
    }
    changed.delete(form);
  });
  // What is typed and kept nowhere is asked about before the page goes.
  window.addEventListener("beforeunload", (event) => {
    if ([...changed].some((form) => form.isConnected && !$("[data-keeps]", form))) event.preventDefault();
  });
  // Coming back through history brings the page as it was left: let it be sent again.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    document.querySelectorAll("[aria-disabled=true]").forEach((el) => el.removeAttribute("aria-disabled"));
  });

  const errors = $(".errors, .conflict");
  if (errors) errors.focus();
  // Somebody else's value is taken by a button beside the field.
  document.querySelectorAll("[data-takes]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const target = document.getElementById(button.dataset.takes);
      const boxes = target.matches("input, select, textarea") ? [target] : [...target.querySelectorAll("input")];
      boxes.forEach((el) => {
        if (el.type === "radio") el.checked = el.value === button.value;
        else if (el.type === "checkbox") el.checked = button.value === "true";
        else el.value = button.value;
      });
      const at = boxes.find((el) => el.checked) || boxes[0];
      at.focus();
      at.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
  // A link to a group of choices lands on its first choice.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(":is(.errors, .conflict) a[href^='#']");
    const target = link && document.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    const field = typing(target) ? target : $("input, select, textarea", target) || target;
    const folded = field.closest("details");
    if (folded) folded.open = true;
    field.focus({ preventScroll: true });
    (field.closest(".field") || field).scrollIntoView({ block: "center" });
  });
})();

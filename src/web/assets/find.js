// A search box that shows matches while somebody types (WAI-ARIA: combobox with a list box). Without this
// file its form goes to the list.
(() => {
  "use strict";
  const PAUSE = 120;
  const live = document.getElementById("live");

  document.querySelectorAll("input[data-suggest]").forEach((box, n) => {
    const list = document.createElement("div");
    list.id = `hits-${n}`;
    list.className = "hits";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", box.labels[0].textContent);
    box.parentElement.append(list);
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) box.setAttribute(name, value);

    const known = new Map();
    let asked = "";
    let timer = 0;
    let request = null;
    let at = -1;
    // Lines that answer what stood there a letter ago are dimmed and cannot be opened: the patient under the key may
    // be another one in a moment. An arrow pressed meanwhile marks a line as soon as the answer is there.
    let old = false;
    let wished = false;
    const options = () => [...list.querySelectorAll("a[role=option]")];

    const mark = (next) => {
      const all = options();
      all.forEach((option, i) => option.setAttribute("aria-selected", i === next ? "true" : "false"));
      at = all[next] ? next : -1;
      if (at < 0) { box.removeAttribute("aria-activedescendant"); return; }
      box.setAttribute("aria-activedescendant", all[at].id);
      all[at].scrollIntoView({ block: "nearest" });
    };
    const age = (is) => {
      old = is;
      list.setAttribute("aria-busy", String(is));
      if (is) mark(-1);
    };
    const show = (on) => {
      list.hidden = !on;
      box.setAttribute("aria-expanded", String(on));
      if (!on) mark(-1);
    };
    const forget = () => { clearTimeout(timer); if (request) request.abort(); request = null; };

    const draw = (piece) => {
      list.replaceChildren(...piece.cloneNode(true).children);
      options().forEach((option, i) => { option.id = `${list.id}-${i}`; });
      mark(-1);
      age(false);
      show(list.childElementCount > 0 && document.activeElement === box);
      if (wished && !list.hidden) mark(0);
      wished = false;
      if (live && !list.hidden) live.textContent = piece.dataset.say;
      box.dispatchEvent(new CustomEvent("looked", { bubbles: true, detail: { q: asked, ...piece.dataset } }));
    };
    const look = async (q) => {
      if (known.has(q)) { draw(known.get(q)); return; }
      request = new AbortController();
      const query = new URLSearchParams({ q });
      if (box.dataset.for) query.set("for", box.dataset.for);
      try {
        const reply = await fetch(`${box.dataset.suggest}?${query}`, { signal: request.signal, credentials: "same-origin", cache: "no-store" });
        if (!reply.ok || reply.redirected) { wished = false; show(false); return; }
        const piece = new DOMParser().parseFromString(await reply.text(), "text/html").querySelector("[data-found]");
        known.set(q, piece);
        if (q === asked && piece) draw(piece);
      } catch (error) {
        // Another letter was typed; or nobody answers: the form still goes to the list.
        if (error.name !== "AbortError") { wished = false; show(false); }
      }
    };

    box.addEventListener("input", () => {
      forget();
      asked = box.value.trim();
      wished = false;
      age(true);
      if (asked.length < 2) { show(false); return; }
      timer = setTimeout(look, known.has(asked) ? 0 : PAUSE, asked);
    });
    box.addEventListener("focus", () => {
      if (box.value.trim() !== asked || asked.length < 2) return;
      if (old) look(asked); else show(list.childElementCount > 0);
    });
    box.addEventListener("blur", () => { forget(); known.clear(); show(false); });
    // Pressing the mouse on a line must not take the focus away before the click arrives.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => { if (old) event.preventDefault(); });

    box.addEventListener("keydown", (event) => {
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      const all = options();
      if (old && asked.length > 1 && event.key === "ArrowDown") {
        event.preventDefault();
        wished = true;
      } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        if (list.hidden) { if (all.length && box.value.trim() === asked) show(true); else return; }
        event.preventDefault();
        const down = event.key === "ArrowDown";
        // Past either end stands the text itself.
        mark(at < 0 ? (down ? 0 : all.length - 1) : at + (down ? 1 : -1));
      } else if (event.key === "Enter" && !list.hidden && all[at]) {
        event.preventDefault();
        all[at].click();
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        show(false);
      } else if (event.key === "Escape" && box.value) {
        event.preventDefault();
        box.value = "";
        forget();
        list.replaceChildren();
      }
    });
  });
})();

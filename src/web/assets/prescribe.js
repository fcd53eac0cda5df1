// Writing a prescription: the catalogue answers as one types, a line says itself in words, rows come when needed.
(() => {
  "use strict";
  const form = document.querySelector("form[data-catalogue]");
  if (!form) return;
  const told = form.dataset;
  const live = document.getElementById("live");
  const all = (selector, from = form) => [...from.querySelectorAll(selector)];
  const later = (ms, work) => { let waiting = 0; return (...what) => { clearTimeout(waiting); waiting = setTimeout(work, ms, ...what); }; };

  // Rows. Those that are blank and folded away go: a new one is a copy of the last.
  const rows = (kind) => all(`[data-row="${kind}"]`);
  const fields = (row) => all("input, select", row);
  const blank = (row) => fields(row).every((el) => !el.value.trim());
  const number = (row) => Number(fields(row)[0].name.split(".")[1]);
  all("details").forEach((fold) => { if (fold.querySelector("[data-row]") && all("[data-row]", fold).every(blank)) fold.remove(); });
  const fresh = (kind) => {
    const there = rows(kind);
    const free = there.find(blank);
    if (free || there.length >= 50) return free;
    const last = there[there.length - 1];
    const from = `${kind}.${number(last)}.`;
    const next = Math.max(...there.map(number)) + 1;
    const row = last.cloneNode(true);
    all("*", row).forEach((el) => [...el.attributes].forEach((a) => { if (a.value.includes(from)) el.setAttribute(a.name, a.value.replaceAll(from, `${kind}.${next}.`)); }));
    all(".err:not([data-said]), [role=listbox]", row).forEach((el) => el.remove());
    all(".wrong", row).forEach((el) => el.classList.remove("wrong"));
    all("[aria-invalid]", row).forEach((el) => { el.removeAttribute("aria-invalid"); el.removeAttribute("aria-describedby"); });
    all("legend", row).forEach((el) => { el.lastChild.data = ` ${there.length + 1}`; });
    fields(row).forEach((el) => { el.value = ""; });
    all("[data-said]", row).forEach((el) => { el.textContent = ""; el.className = "hint c-all"; });
    all("details", row).forEach((el) => { el.open = false; });
    last.after(row);
    form.elements[`${kind}_rows`].value = Math.max(next + 1, 4);
    return row;
  };
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-adds]");
    if (!button) return;
    event.preventDefault();
    const row = fresh(button.dataset.adds);
    if (row) fields(row)[0].focus();
  });
  const put = (row, values) => fields(row).forEach((el) => {
    const name = el.name.split(".")[2];
    if (name in values) el.value = values[name] === null || values[name] === undefined ? "" : values[name];
    el.dispatchEvent(new CustomEvent("filled", { bubbles: true }));
  });

  // A line in the words of the sheet, beside what is typed.
  const say = async (row) => {
    const place = row.querySelector("[data-said]");
    if (!place) return;
    const body = new URLSearchParams({ csrf: form.elements.csrf.value });
    fields(row).forEach((el) => { if (el.value.trim()) body.set(`lines.0.${el.name.split(".")[2]}`, el.value); });
    const typed = body.toString();
    place.dataset.typed = typed;
    if (blank(row)) { place.textContent = ""; place.className = "hint c-all"; return; }
    try {
      const reply = await fetch(told.preview, { method: "POST", body, credentials: "same-origin" });
      if (!reply.ok || place.dataset.typed !== typed) return;
      const { said, wrong } = await reply.json();
      place.textContent = said;
      place.classList.toggle("err", wrong);
      place.classList.toggle("hint", !wrong);
    } catch { /* the words come with the next key, or when it is kept */ }
  };
  const saying = new WeakMap();
  const soon = (row) => { if (!saying.has(row)) saying.set(row, later(250, () => say(row))); saying.get(row)(); };
  const changed = (event) => { const row = event.target.closest("[data-row=lines]"); if (row) soon(row); };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);

  // What may be chosen. A choice fills the rest of its row; nothing is chosen that nobody chose.
  const word = (row, name, value) => { const option = row.querySelector(`[name$=".${name}"] option[value="${value}"]`); return option ? option.textContent : value; };
  const kinds = {
    medicine: {
      at: (q) => `${told.catalogue}/medicines?limit=8&q=${q}`,
      title: (m, row) => [m.name, m.strength, word(row, "form", m.form)].filter(Boolean).join(" "),
      about: (m, row) => [m.brand, m.default_schedule, m.default_food && m.default_food !== "any" && word(row, "food", m.default_food)].filter(Boolean).join(", "),
      choose: (m, row) => {
        put(row, { medicine: m.name, strength: m.strength, form: m.form, dose: m.default_dose, schedule: m.default_schedule,
          food: m.default_food, days: m.default_days, quantity: null, route: m.route });
        soon(row);
      },
    },
    test: {
      at: (q) => `${told.catalogue}/tests?limit=8&q=${q}`,
      title: (t) => t.name,
      about: (t, row) => word(row, "kind", t.kind),
      choose: (t, row) => put(row, { name: t.name, kind: t.kind }),
    },
  };
  if (form.elements.template) {
    const load = async (found) => {
      const reply = await fetch(`${told.templates}/${found.template_id}`, { credentials: "same-origin" });
      if (!reply.ok) return;
      const template = await reply.json();
      let room = true;
      for (const [kind, things] of [["lines", template.lines], ["tests", template.tests]]) {
        for (const thing of things) {
          const row = fresh(kind);
          if (!row) { room = false; continue; }
          put(row, thing);
          if (kind === "lines") soon(row);
        }
      }
      for (const name of ["diagnosis", "advice"]) {
        const el = form.elements[name];
        if (!el.value.trim() && template[name]) el.value = template[name];
      }
      form.elements.template.value = "";
      live.textContent = room ? told.loaded.replace("{}", template.name) : told.full;
    };
    kinds.template = {
      at: (q) => `${told.templates}?q=${q}`,
      title: (t) => t.name,
      about: (t) => [t.medicines, t.own ? "" : t.practitioner_name].filter(Boolean).join(" · "),
      choose: (t) => load(t),
    };
  }
  const kindOf = (el) => el.name === "template" ? "template" : /^lines\.\d+\.medicine$/.test(el.name) ? "medicine" : /^tests\.\d+\.name$/.test(el.name) ? "test" : null;
  // A list that answers what stood there a letter ago is dimmed, and nothing is chosen from it: the medicine under
  // the key may be another one in a moment. An arrow pressed meanwhile points as soon as the answer is there.
  let open = null; // { input, list, found, at, old }
  let wished = false;
  const close = () => {
    if (!open) return;
    open.input.setAttribute("aria-expanded", "false");
    open.input.removeAttribute("aria-activedescendant");
    open.input.removeAttribute("aria-controls");
    open.list.remove();
    open = null;
  };
  const point = (at) => {
    const options = [...open.list.children];
    open.at = (at + options.length) % options.length;
    options.forEach((el, n) => el.setAttribute("aria-selected", String(n === open.at)));
    open.input.setAttribute("aria-activedescendant", options[open.at].id);
    options[open.at].scrollIntoView({ block: "nearest" });
  };
  const choose = (at) => {
    const { input, found } = open;
    const row = input.closest("[data-row]");
    close();
    kinds[kindOf(input)].choose(found[at], row);
    if (row) live.textContent = row.querySelector("legend").textContent.trim() + ": " + input.value;
  };
  const show = (input, found) => {
    close();
    live.textContent = found.length ? told.found.replace("{}", found.length) : told.none;
    if (!found.length) { wished = false; return; }
    const row = input.closest("[data-row]");
    const kind = kinds[kindOf(input)];
    const list = document.createElement("ul");
    list.id = "choices";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", told.choices);
    found.forEach((thing, n) => {
      const option = document.createElement("li");
      option.id = `choice-${n}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const title = document.createElement("b");
      title.textContent = kind.title(thing, row);
      const about = document.createElement("span");
      about.className = "quiet";
      about.textContent = " " + kind.about(thing, row);
      option.append(title, about);
      // Before the field loses the focus.
      option.addEventListener("mousedown", (event) => { event.preventDefault(); if (!open.old) choose(n); });
      list.append(option);
    });
    input.parentNode.classList.add("pick");
    input.after(list);
    input.setAttribute("aria-expanded", "true");
    input.setAttribute("aria-controls", "choices");
    open = { input, list, found, at: -1, old: false };
    if (wished) point(0);
    wished = false;
  };
  let asked = null;
  const ask = later(80, async (input) => {
    const q = input.value.trim();
    if (asked) asked.abort();
    if (!q || document.activeElement !== input) { wished = false; close(); return; }
    asked = new AbortController();
    try {
      const reply = await fetch(kinds[kindOf(input)].at(encodeURIComponent(q)), { signal: asked.signal, credentials: "same-origin" });
      if (!reply.ok) { close(); return; }
      const { items } = await reply.json();
      if (document.activeElement === input && input.value.trim() === q) show(input, items);
    } catch (error) {
      // Superseded by the next letter; or no connection, then it can be written out.
      if (error.name !== "AbortError") close();
    }
  });
  form.addEventListener("focusin", (event) => {
    const input = event.target;
    if (!kindOf(input) || input.getAttribute("role") === "combobox") return;
    input.removeAttribute("list");
    Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false" }).forEach(([name, value]) => input.setAttribute(name, value));
  });
  form.addEventListener("input", (event) => {
    if (!kindOf(event.target)) return;
    wished = false;
    if (open) {
      open.old = true;
      open.at = -1;
      open.list.setAttribute("aria-busy", "true");
      open.input.removeAttribute("aria-activedescendant");
      [...open.list.children].forEach((el) => el.setAttribute("aria-selected", "false"));
    }
    ask(event.target);
  });
  form.addEventListener("focusout", (event) => { wished = false; if (open && event.target === open.input) close(); });
  form.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!kindOf(input) || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const down = event.key === "ArrowDown";
    if (!open || open.old) {
      if (down) { wished = Boolean(input.value.trim()); if (!open) ask(input); }
      else if (event.key === "Escape" && open) close();
      else if (event.key !== "Enter" || !wished) return;
      event.preventDefault();
      return;
    }
    if (down) point(open.at + 1);
    else if (event.key === "ArrowUp") point(open.at < 0 ? -1 : open.at - 1);
    else if (event.key === "Enter" && open.at >= 0) choose(open.at);
    else if (event.key === "Escape") close();
    else if (event.key === "Tab") { close(); return; }
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
})();

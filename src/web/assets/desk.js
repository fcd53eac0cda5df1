// The counter: what is typed above falls into the form below, and who is alike is shown before sending.
(() => {
  "use strict";
  const box = document.getElementById("whom-q");
  const form = document.getElementById("arrival");
  const twins = document.getElementById("twins");
  const live = document.getElementById("live");
  if (!box || !form) return;
  const field = (name) => form.elements.namedItem(name);
  const names = ["given_name", "family_name", "birth_date", "phone"];
  const own = new Set(names.filter((name) => field(name).value && !box.value));
  let said = null;

  // What somebody wrote into the form by hand is theirs; the rest follows the box.
  form.addEventListener("input", (event) => own.add(event.target.name));
  const fill = (typed) => {
    const told = { given_name: typed.given, family_name: typed.family, birth_date: typed.age, phone: typed.phone };
    names.forEach((name) => { if (!own.has(name)) field(name).value = told[name]; });
  };
  const begin = () => {
    fill(said);
    compare();
    const empty = ["given_name", "family_name", "birth_date"].find((name) => !field(name).value);
    const next = empty ? field(empty) : form.querySelector("[name=sex]");
    next.focus();
    next.scrollIntoView({ block: "center" });
  };
  box.addEventListener("looked", ({ detail }) => {
    said = detail;
    if (detail.found === "0") fill(detail);
  });
  box.parentElement.addEventListener("click", (event) => {
    if (!event.target.closest("[data-new]") || !said) return;
    event.preventDefault();
    begin();
  });
  // Enter on somebody who is nowhere begins the registration; else the list shows who was meant.
  box.form.addEventListener("submit", (event) => {
    if (!said || said.found !== "0" || said.q !== box.value.trim()) return;
    event.preventDefault();
    begin();
  });

  let request = null;
  let asked = "";
  async function compare() {
    const query = new URLSearchParams();
    [...names, "sex"].forEach((name) => { const el = field(name); if (el.value) query.set(name, el.value); });
    const enough = (query.get("phone") || "").replace(/\D/g, "").length > 6 || (query.has("given_name") && query.has("birth_date"));
    const now = enough ? String(query) : "";
    if (now === asked) return;
    asked = now;
    if (request) request.abort();
    if (!now) { twins.replaceChildren(); return; }
    request = new AbortController();
    try {
      const reply = await fetch(`${form.dataset.alike}?${query}`, { signal: request.signal, credentials: "same-origin", cache: "no-store" });
      if (!reply.ok || reply.redirected) return;
      const next = new DOMParser().parseFromString(await reply.text(), "text/html").querySelector("[data-twins]");
      const before = twins.querySelector("[data-twins]");
      // The same people again: what was decided about them stays.
      const same = before && next && before.dataset.twins === next.dataset.twins;
      const decided = same && before.querySelector("[name=duplicate_ok]").checked;
      twins.replaceChildren(...(next ? [next] : []));
      if (decided) next.querySelector("[name=duplicate_ok]").checked = true;
      if (next && !same && live) live.textContent = next.querySelector("h2").textContent;
    } catch { /* the form asks again when it is sent */ }
  }
  form.addEventListener("change", (event) => { if ([...names, "sex"].includes(event.target.name)) compare(); });
})();

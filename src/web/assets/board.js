// The board by keys and by hand: arrows go from card to card, with Shift they move the card, and a card can
// be dragged. Each is a press of the button that the card has anyway.
(() => {
  "use strict";
  const part = document.querySelector("[data-reload-on]");
  const NOTE = "polyclinic.card";
  const lanes = () => [...part.querySelectorAll(".board [data-to]")];
  const cards = (lane) => [...lane.querySelectorAll(".turn")];
  const link = (card) => card.querySelector("h3 a");
  const button = (card, to) => card.querySelector(`button[name=to][value=${to}]`);

  const move = (card, to) => {
    const way = to && button(card, to);
    if (!way) return false;
    try { sessionStorage.setItem(NOTE, `${Date.now()} ${link(card).id}`); } catch { /* the focus begins anew */ }
    way.form.requestSubmit(way);
    return true;
  };

  part.addEventListener("keydown", (event) => {
    if (!/^Arrow/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    const card = event.target.closest(".turn");
    if (!card || event.target !== link(card)) return;
    const all = lanes();
    const column = all.findIndex((lane) => lane.contains(card));
    const row = cards(all[column]).indexOf(card);
    const aside = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (event.shiftKey) {
      // The next column that may have it.
      for (let i = column + aside; aside && all[i]; i += aside) {
        if (move(card, all[i].dataset.to)) { event.preventDefault(); return; }
      }
      return;
    }
    let next = null;
    if (aside) {
      for (let i = column + aside; all[i] && !next; i += aside) next = cards(all[i])[Math.min(row, cards(all[i]).length - 1)];
    } else {
      next = cards(all[column])[row + (event.key === "ArrowDown" ? 1 : -1)];
    }
    event.preventDefault();
    if (next) link(next).focus();
  });

  // The card that was moved is where the keys go on.
  try {
    const [at, id] = (sessionStorage.getItem(NOTE) || "").split(" ");
    const fresh = Date.now() - Number(at) < 15000;
    const moved = fresh && document.getElementById(id);
    const all = part.querySelector("a[data-all]");
    if (fresh && !moved && all && !/[?&]all=/.test(location.search)) {
      // It stands where only the whole board shows it.
      location.replace(all.href.replace(/#.*/, ""));
    } else {
      sessionStorage.removeItem(NOTE);
      if (moved) moved.focus();
    }
  } catch { /* nothing was kept */ }

  let held = null;
  const ready = () => part.querySelectorAll(".board .turn").forEach((card) => {
    if (!card.querySelector("button[name=to]")) return;
    card.draggable = true;
    link(card).draggable = false;
  });
  const over = (event) => {
    const lane = held && event.target.closest("[data-to]");
    return lane && !lane.contains(held) && button(held, lane.dataset.to) ? lane : null;
  };
  part.addEventListener("dragstart", (event) => {
    held = event.target.closest && event.target.closest(".turn");
    if (held) { event.dataTransfer.effectAllowed = "move"; event.dataTransfer.setData("text/plain", link(held).textContent); }
  });
  part.addEventListener("dragover", (event) => {
    const lane = over(event);
    lanes().forEach((each) => each.classList.toggle("over", each === lane));
    if (lane) event.preventDefault();
  });
  part.addEventListener("drop", (event) => {
    const lane = over(event);
    if (lane) { event.preventDefault(); move(held, lane.dataset.to); }
  });
  part.addEventListener("dragend", () => { held = null; lanes().forEach((each) => each.classList.remove("over")); });
  part.addEventListener("patched", ready);
  ready();
})();

// The waiting room's wall on every screen it may hang on, and the board when a column is fuller than the screen.
import assert from "node:assert/strict";
import { Person, arrival, at, program } from "./person.mjs";

const SCREENS = [[1366, 768], [1280, 720], [1024, 768], [1920, 1080], [3840, 2160], [1080, 1920]];
const DOCTORS = ["", "Dr. Asha Kulkarni", "Dr. Balasubramaniam Venkataraghavan Chidambaram-Iyer, Paediatrics"];

// As the page would be drawn: so many called, the last first, and so many who wait.
function filled(html, called, waiting) {
  const tokens = (from, count) => Array.from({ length: count }, (_, i) =>
    `<li id="t-${from + i}"><b>${from + i}</b> <span>${DOCTORS[i % 3]}</span></li>`).join("");
  const list = (part, from, count, most, word) => `<h2>${part} ${count > most ? `<small>and ${count - most} more ${word}</small>` : ""}</h2>
    <ol class="wall ${part}">${tokens(from, Math.min(count, most))}</ol>`;
  return html.replace(/<h2>[\s\S]*<\/main>/, `${list("now", 190, called, 12, "called")}${list("soon", 300, waiting, 8, "waiting")}</main>`);
}

// What is not wholly on the screen, or runs out of its own place.
const outside = () => {
  const cut = [];
  for (const el of document.querySelectorAll("h1, h2, time, .wall li, .wall b, .wall span")) {
    const box = el.getBoundingClientRect();
    const around = (el.closest("li") || document.documentElement).getBoundingClientRect();
    const frame = [Math.max(0, around.left), Math.max(0, around.top), Math.min(innerWidth, around.right), Math.min(innerHeight, around.bottom)];
    if (box.left < frame[0] - 1 || box.top < frame[1] - 1 || box.right > frame[2] + 1 || box.bottom > frame[3] + 1) {
      cut.push(`${el.tagName} ${el.textContent} at ${[box.left, box.top, box.right, box.bottom].map(Math.round)}`);
    }
  }
  const size = (selector) => [...document.querySelectorAll(selector)].map((el) => parseFloat(getComputedStyle(el).fontSize));
  const [last, ...others] = size(".now b");
  return { cut, last, other: Math.max(0, ...others), small: Math.min(...size(".wall b")) };
};

async function wall(width) {
  for (const colorScheme of ["light", "dark"]) {
    const person = await Person.open(width, "receptionist", { colorScheme });
    await person.signIn();
    await person.go("board/display", "wall");
    const html = await (await person.context.request.get(`${person.home}/board/display`)).text();
    for (const [wide, high] of SCREENS) {
      await person.page.setViewportSize({ width: wide, height: high });
      for (const called of [1, 2, 3, 4, 5, 7, 10, 30]) {
        // Nothing of the server's comes between.
        const served = html.replace(/data-reload-on="queue"/, "");
        await person.page.route("**/board/display", (route) => route.fulfill({ contentType: "text/html", body: filled(served, called, 60) }));
        await person.go("board/display");
        if ([1, 4, 10, 30].includes(called)) await person.page.screenshot({ path: `${process.argv[3]}/wall-${wide}x${high}-${called}-${colorScheme}.png` });
        const { cut, last, other, small } = await person.page.evaluate(outside);
        assert.deepEqual(cut, [], `${wide}x${high}, ${called} called`);
        assert.ok(last > other, `${wide}x${high}, ${called} called: the last is ${last} px, another ${other} px`);
        assert.ok(small >= high / 24 && small >= 32, `${wide}x${high}, ${called} called: a token of ${small} px`);
        await person.page.unroute("**/board/display");
      }
    }
    await person.close();
  }
}

export default async function walls(width) {
  if (width > 700) await wall(width);

  // More are with the doctors than a column shows: the card that is moved there by keys keeps the focus.
  const reception = await program(at(width), "receptionist");
  const move = async (visit, to) => {
    const seen = await reception.get(`visits/${visit}`);
    return reception.post(`visits/${visit}/moves`, { to }, { "if-match": `"v${seen.version}"` });
  };
  const sent = [];
  for (let n = 0; n < 11; n += 1) {
    const somebody = await arrival(width, `Full${String.fromCharCode(97 + n)}`);
    await move(somebody.visit_id, "in_consultation");
    sent.push(somebody.visit_id);
  }
  const last = await arrival(width, "Overflow", {}, "emergency");
  const person = await Person.open(width, "receptionist");
  await person.signIn();
  await person.go("queue", "full queue");
  const card = person.page.locator(".turn", { hasText: last.line }).locator("h3 a");
  const id = await card.getAttribute("id");
  await card.focus();
  await person.keys("Shift+ArrowRight");
  await person.page.waitForURL(/all=yes/);
  await person.focused(`#${id}`);
  await person.look("whole queue");
  await person.click("text=Show fewer");
  assert.equal(await person.page.locator(`#${id}`).count(), 0);
  await person.click("[data-to=in_consultation] [data-all]");
  assert.equal(await person.page.locator(`[data-to=in_consultation] #${id}`).count(), 1);
  for (const visit of [...sent, last.visit_id]) await move(visit, "completed");
  await person.close();
}

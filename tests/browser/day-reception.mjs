// The counter at nine in the morning, with the keyboard alone: found or not, registered and checked in, warned of a
// duplicate, the token printed, the queue moved.
import assert from "node:assert/strict";
import { Person, tag } from "./person.mjs";

export default async function reception(width) {
  const person = await Person.open(width, "receptionist");
  const { page } = person;
  const family = `Keys${tag}`;
  await person.go("login", "sign in");
  await person.focused("[name=identifier]");
  const { identifier, password } = person.clinic.users.find((user) => user.role === "receptionist");
  await person.type(identifier);
  await person.tab("[name=password]");
  await person.type(password);
  await person.arrive(() => person.keys("Enter"), "home");

  // The keys are listed, and the list goes away again.
  await person.keys("?");
  await person.focused("dialog[open] *");
  await person.look("keys");
  await person.keys("Escape");
  await person.focused("body");

  // Found nowhere: the line under the box begins the registration with what was typed.
  await person.keys("/");
  await person.focused("#q");
  await person.type(`Zubin ${family} 39`);
  await person.keys("ArrowDown");
  await page.waitForSelector("[role=option][data-new][aria-selected=true]");
  await person.arrive(() => person.keys("Enter"), "register");
  await person.holds({ given_name: "Zubin", family_name: family, birth_date: "39" });
  await person.focused("main form [name=given_name]");
  await person.tab("[name=phone]");
  await person.type(`98${width} ${tag}`);
  await person.tab("[name=sex]");
  await person.keys("ArrowDown");
  assert.ok(await page.isChecked("[name=sex][value=male]"));

  // What is missing is said, and one key leads to it; nothing typed is lost.
  await person.refused(422, () => person.arrive(() => person.keys("Control+Enter"), "purpose is missing"));
  await person.focused(".errors");
  await person.tab(".errors a[href='#f-purpose']");
  await person.keys("Enter");
  await person.focused("[name=purpose]");
  await person.holds({ given_name: "Zubin", family_name: family, birth_date: "39", phone: `98${width} ${tag}` });
  await person.type("Fever since yesterday");
  await person.tab("[name=allergy_status]");
  await person.keys("ArrowDown");
  assert.ok(await page.isChecked("[name=allergy_status][value=none]"));
  await person.arrive(() => person.keys("Control+Enter"), "token");

  // The slip is printed with one key, and the next patient is one key away.
  await person.focused("[data-print]");
  await person.keys("Enter");
  assert.equal(await page.evaluate(() => window.printed), 1);
  await person.focused("[data-after-print]");
  const token = await page.locator(".slip b").innerText();
  await person.arrive(() => person.keys("Enter"), "next");

  // The same once more is warned about while it is typed, and refused until somebody decides.
  await person.focused("#whom-q");
  await person.keys("Escape");
  await person.tab("main form [name=given_name]");
  for (const [field, text] of [["given_name", "Zubin"], ["family_name", family], ["birth_date", "39"], ["phone", `98${width} ${tag}`]]) {
    await person.tab(`main form [name=${field}]`);
    await person.type(text);
  }
  await person.tab("[name=sex]");
  await person.keys("ArrowDown");
  await page.waitForSelector("[data-twins]");
  await person.look("alike");
  await person.tab("[name=purpose]");
  await person.type("Cough");
  await person.refused(422, () => person.arrive(() => person.keys("Control+Enter"), "undecided"));
  await person.holds({ given_name: "Zubin", purpose: "Cough" });
  await person.tab("[name=duplicate_ok]");
  await person.keys("Space");
  await person.arrive(() => person.keys("Control+Enter"), "another of the name");

  // The queue: to the cards, along them, one in and out again.
  await person.go("queue", "queue");
  await person.keys("w");
  await person.focused("#main .turn a[id^=card-]");
  for (let step = 0; step < 40 && !(await page.evaluate((id) => document.activeElement.id === id, `card-${token}`)); step += 1) {
    await person.keys("ArrowDown");
  }
  await person.focused(`#card-${token}`);
  await person.arrive(() => person.keys("Shift+ArrowRight"), "sent in");
  await person.focused(`#card-${token}`);
  assert.ok(await page.locator(`[data-to=in_consultation] #v-${token}`).isVisible());
  await person.arrive(() => person.keys("Shift+ArrowLeft"), "back to waiting");
  await person.focused(`#card-${token}`);
  assert.ok(await page.locator(`[data-to=waiting] #v-${token}`).isVisible());
  await person.arrive(() => person.keys("Enter"), "visit");
  await person.says("Fever since yesterday");
  for (const [path, name] of [["today", "today"], ["check-ins", "check-ins"], ["board/display", "wall"]]) await person.go(path, name);
  await person.close();
}

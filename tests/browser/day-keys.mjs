// Prescribing with the keyboard alone: called, noted, prescribed from the catalogue against an allergy, the warning
// read and acknowledged, signed, printed.
import assert from "node:assert/strict";
import { Person, arrival } from "./person.mjs";
import { choose } from "./day-doctor.mjs";

export default async function keys(width) {
  const patient = await arrival(width, "Hands", { allergy_status: "some", allergies: "penicillin (rash)" });
  const person = await Person.open(width, "doctor2");
  const { page } = person;
  await person.signIn();

  // Called from the queue by its card, with Shift and an arrow.
  await person.go("queue", "queue");
  await person.keys("w");
  const card = page.locator(".turn", { hasText: patient.line }).first();
  const id = await card.locator("h3 a").getAttribute("id");
  for (let step = 0; step < 60 && !(await page.evaluate((own) => document.activeElement.id === own, id)); step += 1) {
    await person.keys("ArrowDown");
  }
  await person.focused(`#${id}`);
  await person.arrive(() => person.keys("Shift+ArrowRight"), "called");
  assert.match(page.url(), /consultation/);
  await person.focused("[name=complaint]");
  await person.type("Sore throat, fever");
  await person.tab("[name=diagnosis]");
  await person.type("Tonsillitis");
  await person.tab("button[value=prescribe]");
  await person.arrive(() => person.keys("Enter"), "prescribe");

  // The first medicine is where the keys are.
  await person.focused("[name='lines.0.medicine']");
  await choose(person, "lines.0.medicine", "amox");
  await person.holds({ "lines.0.medicine": "amoxicillin" });
  await person.tab("[name='lines.0.schedule']");
  await person.type("111");
  await person.tab("[name='lines.0.days']");
  await person.keys("Control+A");
  await person.type("5");
  await person.tab("[name=advice]");
  await person.type("Plenty to drink");
  await person.tab("button[value=sign]");
  await person.keys("Enter");

  // It asks once; no is where the keys are, yes is a key away, and Escape comes back to the button.
  await person.focused("dialog[open] [value=no]");
  await person.look("sign?");
  await person.keys("Escape");
  await person.focused("button[value=sign]");
  await person.keys("Enter");
  await person.tab("dialog[open] [value=yes]", "Shift+Tab");
  await person.arrive(() => person.keys("Enter"), "warned");

  // The allergy is said and stops the signature until it is acknowledged.
  await person.says("Allergy: amoxicillin", "penicillin (rash)");
  await person.tab("form[action$='/sign'] button.primary");
  await person.keys("Enter");
  await person.tab("dialog[open] [value=yes]", "Shift+Tab");
  await person.refused(409, () => person.arrive(() => person.keys("Enter"), "not acknowledged"));
  await person.focused(".errors");
  await person.tab(".errors a");
  await person.keys("Enter");
  await person.focused("form[action$='/sign'] [type=checkbox]");
  await person.keys("Space");
  await person.tab("form[action$='/sign'] button.primary");
  await person.keys("Enter");
  await person.tab("dialog[open] [value=yes]", "Shift+Tab");
  await person.arrive(() => person.keys("Enter"), "signed");
  await person.says(/RX-\d+-\d{4}-\d{5}/, "1-1-1");

  // Printed with two keys.
  await person.arrive(() => person.keys("p"), "sheet");
  await person.tab("[data-print]");
  await person.keys("Enter");
  assert.equal(await page.evaluate(() => window.printed), 1);
  await person.close();
}

// A doctor between two patients: what is typed is kept though the connection drops, two windows do not overwrite
// each other, a prescription is written from the catalogue and by template, patients are admitted and tracked.
import assert from "node:assert/strict";
import { Person, arrival, tag } from "./person.mjs";

export const choose = async (person, field, typed) => {
  await person.focused(`[name="${field}"]`);
  await person.type(typed);
  await person.keys("ArrowDown");
  await person.page.waitForSelector("#choice-0[aria-selected=true]");
  assert.equal(await person.page.getAttribute(`[name="${field}"]`, "aria-activedescendant"), "choice-0");
  await person.keys("Enter");
};
const says = (page, pattern) => page.waitForFunction(
  (source) => new RegExp(source).test(document.querySelector("[data-keeps]").textContent), pattern.source);
const words = (page, row, pattern) => page.waitForFunction(([n, source]) => {
  const said = document.querySelectorAll("[data-row=lines] [data-said]")[n].textContent.replaceAll("\u00a0", " ");
  return new RegExp(source).test(said);
}, [row, pattern.source]);

export default async function doctor(width) {
  const patient = await arrival(width, "Neck");
  const person = await Person.open(width, "doctor", { colorScheme: width > 700 ? "light" : "dark" });
  const { page, context } = person;
  await person.signIn();
  const visit = `visits/${patient.visit_id}`;
  await person.go(`${visit}/consultation`, "consultation");

  // Typed, kept; the connection drops, nothing is sent and nothing is lost; it comes back and all is kept.
  await person.fill({ complaint: "Headache since yesterday" });
  await says(page, /^Kept \d\d:\d\d/);
  await person.offline(async () => {
    await person.fill({ findings: "Neck soft" });
    await says(page, /no connection/);
    await page.click("main .submit button.primary");
    await says(page, /nothing was sent/);
    await person.holds({ findings: "Neck soft" });
  });
  await says(page, /^Kept/);

  // Another window offers it again; who types there is not overwritten unasked.
  person.intended.add(412);
  const other = await context.newPage();
  await other.goto(page.url());
  assert.equal(await other.inputValue("[name=findings]"), "Neck soft");
  await other.fill("[name=findings]", "Neck soft, no rash");
  await says(other, /^Kept/);
  await page.fill("[name=findings]", "Neck stiff");
  await says(page, /another window/);
  await person.look("two windows");
  await page.click("[data-keeps] button >> nth=0");
  await says(page, /^Kept/);
  await other.close();
  person.intended.delete(412);
  assert.equal(await page.evaluate(() => sessionStorage.length), 0, "nothing stays in the browser");
  assert.ok(!JSON.stringify(await page.evaluate(() => ({ ...localStorage }))).includes("Neck"));

  // Saved and on to the prescription: from the catalogue, typed freely, one row more, a test.
  await person.click("button[value=prescribe]", "prescribe");
  await page.focus("[name='lines.0.medicine']");
  await choose(person, "lines.0.medicine", "500 para");
  await person.holds({ "lines.0.strength": "500 mg" });
  await words(page, 0, /^1 in the morning, .*: \d+ tablets$/);
  await person.fill({ "lines.1.medicine": "Zinc", "lines.1.schedule": "101", "lines.1.days": "5" });
  await page.selectOption("[name='lines.1.form']", "tablet");
  await words(page, 1, /^1 in the morning, 1 at night, 5 days \(1-0-1\): 10 tablets$/);
  await person.fill({ "lines.1.dose": "1 OD" });
  await words(page, 1, /not OD/);
  await person.fill({ "lines.1.dose": "", "lines.2.medicine": "Vitamin C" });
  await page.click("[data-adds=lines]");
  await person.focused("[name='lines.3.medicine']");
  await person.type("am");
  await page.waitForSelector("[role=listbox]:not([aria-busy=true]) [role=option]");
  await person.look("choices");
  await person.keys("Escape");
  assert.equal(await page.locator("[role=option]").count(), 0);
  await person.fill({ "lines.2.medicine": "", "lines.3.medicine": "" });
  // Left before it was saved, it is offered again.
  await says(page, /^Kept/);
  await person.go("queue");
  await person.go(`${visit}/prescriptions/new`, "prescription offered again");
  await person.says("Not saved yet");
  await person.holds({ "lines.0.strength": "500 mg", "lines.1.medicine": "Zinc", "lines.1.days": "5" });
  await page.focus("[name='tests.0.name']");
  await choose(person, "tests.0.name", "count");
  await person.click("main .submit button[value=keep]", "draft");

  // Saved as a template, found by its keyword, loaded into the next prescription, signed.
  await person.click("a[href*='templates/new?of=']", "template");
  await person.fill({ name: `Headache ${tag}`, keywords: `migraine${tag}` });
  await person.click("main .submit button.primary", "templates");
  await person.go(`${visit}/prescriptions/new`);
  await page.focus("[name=template]");
  await choose(person, "template", `migraine${tag}`);
  await page.waitForFunction(() => document.querySelector("[name='lines.1.medicine']").value === "zinc");
  await person.click("button[value=sign]", "signed");
  assert.match(page.url(), /prescriptions\/[0-9a-f-]{36}/);

  // An admission is recommended, and the patient tracked.
  await person.go(`${visit}/admission`);
  await person.fill({ reason: "Stiff neck and fever" });
  await page.check("[name=urgency][value=urgent]");
  await person.click("main .submit button.primary", "admission recommended");
  for (const list of ["admissions", "tracking"]) await person.go(list, list);
  await person.go(`${visit}/admission`, "admission");
  await person.fill({ reason: "Better" });
  await person.click("main .submit button.danger", "admission withdrawn");
  await person.close();
}

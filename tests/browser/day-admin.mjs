// The clinic's administrator: figures, a colleague invited who takes up the link in another browser, settings, paper,
// the catalogue out as CSV, in again, and two of it merged.
import assert from "node:assert/strict";
import { Person, at, program, tag } from "./person.mjs";

export default async function admin(width) {
  const person = await Person.open(width, "admin");
  const { page } = person;
  await person.signIn();
  for (const path of ["figures", "figures?period=year", "cohort", "me"]) await person.go(path, path);

  // Invited; the link is shown once, works once, and opens the clinic.
  await person.go("staff", "staff");
  await person.go("staff/new", "invite");
  await person.refused(422, () => person.click("main .submit .primary", "nobody invited"));
  const identifier = `nina${tag}`;
  await person.fill({ name: "Nina New", identifier });
  await page.selectOption("main [name=role]", "nurse");
  await person.refused(201, () => person.click("main .submit .primary", "invited"));
  const link = await page.inputValue("#link");
  const guest = await Person.open(width, "nurse");
  await guest.go(link, "password");
  await guest.page.fill("[name=password]", "short");
  await guest.page.fill("[name=again]", "other");
  await guest.refused(422, () => guest.click("main .primary", "too short"));
  const password = "a whole new sentence";
  await guest.page.fill("[name=password]", password);
  await guest.page.fill("[name=again]", password);
  await guest.click("main .primary", "password set");
  await guest.signIn({ identifier, password });
  await guest.says("Nina New");
  await guest.refused(404, () => guest.go(link, "link used"));
  await guest.close();
  await person.go("staff");
  await person.click(page.locator("a", { hasText: "Nina New" }).first(), "colleague");
  await person.click("button.danger", "deactivated");

  // Settings and paper.
  await person.go("settings", "settings");
  await person.fill({ chemist_name: `Chemist ${tag}` });
  await person.click("main .submit .primary", "settings saved");
  await person.go("settings/paper", "paper");
  await person.fill({ margin_top_mm: "900" });
  await person.refused(422, () => person.click("main .submit .primary", "margin too wide"));
  await person.fill({ margin_top_mm: "16" });
  await person.click("main .submit .primary", "paper saved");

  // The catalogue goes out as a file and comes in again: tried first, then for good.
  await person.go("catalogue", "catalogue");
  await person.go("catalogue/csv", "catalogue as csv");
  const [out] = await Promise.all([page.waitForEvent("download"), page.click("a[download]")]);
  assert.match(out.suggestedFilename(), /medicines.*\.csv$/);
  const file = { name: "medicines.csv", mimeType: "text/csv", buffer: Buffer.from(
    `name,form,strength\ntestolol ${tag},tablet,5 mg\ntestolol ${tag} forte,tablet,5 mg\n,tablet,1 mg\n`) };
  await page.setInputFiles("[name=file]", file);
  await person.click("form[action*='catalogue/csv'] button.primary", "catalogue tried");
  await page.setInputFiles("[name=file]", file);
  await person.click("form[action*='catalogue/csv'] button:not(.primary)", "catalogue in");
  const api = await program(at(width), "admin");
  const { items } = await api.get(`catalogue/medicines?q=testolol%20${tag}`);
  assert.equal(items.length, 2, JSON.stringify(items));

  // One of the two was meant for the other.
  const forte = items.find((medicine) => medicine.name.includes("forte"));
  await person.go(`catalogue/medicines/${forte.medicine_id}`, "medicine");
  await person.go(`catalogue/medicines/${forte.medicine_id}/merge?find=testolol+${tag}`, "merge");
  await person.click("table button", "merged");
  await person.close();
}

// Without a script everything still works: signing in, registering and checking in, calling, prescribing against a
// warning, signing.
import assert from "node:assert/strict";
import { Person, tag } from "./person.mjs";

export default async function plain(width) {
  const family = `Plain${tag}`;
  const line = `${family.toUpperCase()}, Asha`;
  const reception = await Person.open(width, "receptionist", { script: false });
  await reception.signIn();
  await reception.page.fill("#q", `Asha ${family}`);
  await reception.click("form.find button", "nobody found");
  await reception.click("main a[href*='/patients/new']", "register");
  await reception.fill({ given_name: "Asha", family_name: family, birth_date: "39" });
  await reception.page.check("main [name=sex][value=female]");
  await reception.page.check("main [name=allergy_status][value=some]");
  await reception.fill({ allergies: "penicillin" });
  await reception.refused(422, () => reception.click("main .submit .primary", "purpose is missing"));
  await reception.holds({ given_name: "Asha", allergies: "penicillin" });
  await reception.fill({ purpose: "Sore throat" });
  await reception.click("main .submit .primary", "token");
  await reception.go("queue", "queue");
  await reception.says(line);
  await reception.close();

  const doctor = await Person.open(width, "doctor2", { script: false });
  await doctor.signIn();
  await doctor.go("queue");
  const turn = doctor.page.locator(".turn, .next").filter({ hasText: line }).first();
  await doctor.click(turn.locator("button[value=in_consultation]").first(), "called");
  await doctor.fill({ complaint: "Sore throat for two days" });
  await doctor.click("button[value=prescribe]", "prescribe");

  // A template by its name, rows by a button, and nothing that was typed goes.
  await doctor.fill({ "lines.0.medicine": "amoxicillin", "lines.0.strength": "500 mg", "lines.0.schedule": "1-1-1", "lines.0.days": "5" });
  await doctor.page.selectOption("main [name='lines.0.form']", "capsule");
  await doctor.click("main [data-adds=lines]", "more rows");
  await doctor.holds({ "lines.0.medicine": "amoxicillin", "lines.0.days": "5" });
  await doctor.fill({ template: "nobody has such a template" });
  await doctor.refused(422, () => doctor.click("button[value=load]", "no template"));
  await doctor.holds({ "lines.0.medicine": "amoxicillin", "lines.0.schedule": "1-1-1" });
  await doctor.fill({ template: "" });
  await doctor.click("main .submit button[value=sign]", "warned");
  await doctor.says("Allergy: amoxicillin");
  await doctor.page.check("form[action$='/sign'] [type=checkbox]");
  await doctor.click("form[action$='/sign'] .primary", "signed");
  await doctor.says(/RX-\d+-\d{4}-\d{5}/, "1-1-1");
  assert.equal(await doctor.page.locator("[data-print]:visible").count(), 0, "no button that does nothing");
  await doctor.close();
}

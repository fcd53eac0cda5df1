// Two browsers correct one patient: the second sees both versions, field by field, takes one, keeps one, and saves.
import assert from "node:assert/strict";
import { Person, arrival } from "./person.mjs";

export default async function two(width) {
  const patient = await arrival(width, "Twice");
  const edit = `patients/${patient.patient_id}/edit`;
  const first = await Person.open(width, "receptionist");
  const second = await Person.open(width, "admin", { colorScheme: width > 700 ? "light" : "dark" });
  for (const person of [first, second]) {
    await person.signIn();
    await person.go(edit);
  }
  await first.fill({ city: "Pune", phone: "98220 01122", medical_history: "Asthma since childhood" });
  await first.page.check("main [name=sex][value=other]");
  await first.click("main .submit .primary", "corrected");

  await second.fill({ city: "Nagpur", address: "12, Station Road", given_name: "Sunitha" });
  await second.page.check("main [name=sex][value=male]");
  await second.refused(412, () => second.click("main .submit .primary", "both versions"));
  await second.focused(".conflict");
  await second.says("Somebody else was faster", "Now: Pune", "Now: Other");
  await second.holds({ city: "Nagpur", address: "12, Station Road", given_name: "Sunitha", phone: "98220 01122" });

  // One key leads to the field; what the other wrote is a button away, and is not sent by it.
  await second.tab(".conflict a[href='#f-city']");
  await second.keys("Enter");
  await second.focused("[name=city]");
  await second.tab("[data-takes=f-city]");
  await second.keys("Enter");
  await second.focused("[name=city]");
  await second.holds({ city: "Pune" });
  await second.page.click("[data-takes=f-sex]");
  assert.ok(await second.page.isChecked("main [name=sex][value=other]"));
  await second.click("main .submit .primary", "decided");
  await second.go(edit);
  await second.holds({ city: "Pune", address: "12, Station Road", given_name: "Sunitha", phone: "98220 01122",
    medical_history: "Asthma since childhood" });
  await Promise.all([first.close(), second.close()]);
}

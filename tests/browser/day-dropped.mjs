// The connection goes away in the middle of a form: it is said, nothing is sent, nothing typed is lost; once it is
// back the form goes.
import assert from "node:assert/strict";
import { Person, arrival, tag } from "./person.mjs";

const unsent = async (person, typed, button, name) => {
  await person.offline(async () => {
    await person.page.click(button);
    await person.confirm();
    await person.focused("#unsent");
    await person.says("Nothing was sent, and everything you typed is still here");
    await person.look(name);
    await person.holds(typed);
  });
  await person.holds(typed);
};

export default async function dropped(width) {
  const reception = await Person.open(width, "receptionist");
  await reception.signIn();
  await reception.go("patients/new");
  const typed = { given_name: "Usha", family_name: `Dropped${tag}`, birth_date: "41", phone: `96${width} ${tag}`, purpose: "Dizzy" };
  await reception.fill(typed);
  await reception.page.check("main [name=sex][value=female]");
  // Whoever leaves is asked first: nothing of this is kept elsewhere.
  const asked = reception.page.waitForEvent("dialog");
  await reception.page.evaluate(() => { setTimeout(() => { location.href = "queue"; }); });
  const question = await asked;
  assert.equal(question.type(), "beforeunload");
  await question.dismiss();
  await reception.holds(typed);
  await unsent(reception, typed, "main .submit .primary", "registration kept");
  await reception.click("main .submit .primary", "registered after all");
  await reception.says(/Token|Registered/);

  // The service itself does not answer: the same.
  const patient = await arrival(width, "Wire");
  await reception.go(`patients/${patient.patient_id}/edit`);
  await reception.fill({ city: "Satara" });
  await reception.context.route("**/me/token", (route) => route.abort("internetdisconnected"));
  reception.cut = true;
  await reception.page.click("main .submit .primary");
  await reception.focused("#unsent");
  await reception.holds({ city: "Satara" });
  await reception.context.unroute("**/me/token");
  await reception.click("main .submit .primary", "corrected after all");
  reception.cut = false;
  await reception.says("Satara");

  // The session has ended in between: nothing is sent, and after signing in elsewhere the same form goes.
  await reception.go(`patients/${patient.patient_id}/edit`);
  await reception.fill({ city: "Karad" });
  await reception.signedOut(async () => {
    await reception.page.click("main .submit .primary");
    await reception.focused("#unsent");
    await reception.says("You are signed out", "everything you typed is still here");
    await reception.holds({ city: "Karad" });
  });
  await reception.click("main .submit .primary", "corrected after signing in again");
  await reception.says("Karad");
  await reception.close();

  const doctor = await Person.open(width, "doctor");
  await doctor.signIn();
  await doctor.go(`visits/${patient.visit_id}/prescriptions/new`);
  const lines = { "lines.0.medicine": "cetirizine", "lines.0.strength": "10 mg", "lines.0.schedule": "0-0-1", "lines.0.days": "5", advice: "Rest" };
  await doctor.fill(lines);
  await doctor.page.selectOption("main [name='lines.0.form']", "tablet");
  await doctor.offline(async () => {
    await doctor.page.click("main .submit button[value=sign]");
    await doctor.says("There is no connection, so nothing was sent");
    await doctor.look("prescription kept");
    await doctor.holds(lines);
  });
  await doctor.page.waitForFunction(() => document.querySelector("[data-keeps]").textContent.startsWith("Kept"));
  await doctor.holds(lines);
  await doctor.click("main .submit button[value=sign]", "signed after all");
  await doctor.says(/RX-\d+-\d{4}-\d{5}/, "cetirizine");

  // What was typed a moment before another button is there on the next page, and asked about at the end.
  const next = await arrival(width, "Haste");
  await doctor.go(`visits/${next.visit_id}/consultation`);
  await doctor.fill({ complaint: "Fever since morning" });
  await doctor.click("main form[action$='/move'] button", "called in haste");
  await doctor.holds({ complaint: "Fever since morning" });
  await doctor.page.click("main [data-leaves]");
  await doctor.says("Complete the visit without saving the note?");
  await doctor.page.keyboard.press("Escape");
  await doctor.holds({ complaint: "Fever since morning" });
  await doctor.close();
}

// A link to one prescription: made by the doctor, opened on a phone that never signed in, with the wrong year and
// the right one, and closed again.
import assert from "node:assert/strict";
import { Person, arrival, at, program } from "./person.mjs";

export default async function guest(width) {
  const patient = await arrival(width, "Shared");
  const writes = await program(at(width), "doctor");
  const drafted = await writes.post("prescriptions", { patient_id: patient.patient_id,
    lines: [{ medicine: "cetirizine", form: "tablet", strength: "10 mg", schedule: "0-0-1", days: 5 }] });
  await writes.post(`prescriptions/${drafted.prescription_id}/sign`, {}, { "if-match": `"v${drafted.version}"` });

  const doctor = await Person.open(width, "doctor");
  await doctor.signIn();
  await doctor.go(`prescriptions/${drafted.prescription_id}`);
  await doctor.refused(201, () => doctor.click("form[action$='/shares'] button", "link made"));
  const link = await doctor.page.inputValue("#link");

  const person = await Person.open(width, "guest");
  await person.go(link, "whose year");
  await person.focused("[name=birth_year]");
  assert.ok(!(await person.page.locator("body").innerText()).includes("SHARED"), "nobody is named before the year is");
  await person.type("1950");
  await person.refused(422, () => person.arrive(() => person.keys("Enter"), "wrong year"));
  await person.says("Tries left: 4");
  // The right one brings the paper itself.
  await person.page.fill("[name=birth_year]", "1987");
  const paper = person.page.waitForResponse((reply) => reply.request().method() === "POST");
  await person.page.click("main button.primary");
  const sheet = await paper;
  assert.deepEqual([sheet.status(), sheet.headers()["content-type"]], [200, "application/pdf"]);
  for (const path of ["queue", `prescriptions/${drafted.prescription_id}`, `patients/${patient.patient_id}`]) {
    const reply = await person.context.request.get(`${person.home}/${path}`, { maxRedirects: 0 });
    assert.ok([303, 401].includes(reply.status()), `${path}: ${reply.status()}`);
  }

  // The doctor sees that it was opened, and ends it.
  await doctor.go(`prescriptions/${drafted.prescription_id}#links`, "opened");
  await doctor.says("wrong years: 1");
  await doctor.click("form[action$='/revoke'] button", "revoked");
  const late = await Person.open(width, "guest");
  await late.refused(404, () => late.refused(410, () => late.go(link, "over")));
  await late.says("This link is over");
  await Promise.all([doctor.close(), person.close(), late.close()]);
}

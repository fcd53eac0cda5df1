// A patient: reception opens the login with a one-time link; at home the password is set, and what is the patient's
// own can be read and printed. Nothing else can.
import assert from "node:assert/strict";
import { Person, arrival, at, program, tag } from "./person.mjs";

export default async function patient(width) {
  const own = await arrival(width, "Home");
  const other = await arrival(width, "Else");
  const doctor = await program(at(width), "doctor");
  const drafted = await doctor.post("prescriptions", { patient_id: own.patient_id, visit_id: own.visit_id,
    lines: [{ medicine: "cetirizine", form: "tablet", strength: "10 mg", schedule: "0-0-1", days: 5 }],
    tests: [{ name: "Urine culture", kind: "urine" }] });
  const rx = await doctor.post(`prescriptions/${drafted.prescription_id}/sign`, {}, { "if-match": `"v${drafted.version}"` });
  const foreign = await doctor.post("prescriptions", { patient_id: other.patient_id,
    lines: [{ medicine: "zinc", form: "tablet", strength: "20 mg", schedule: "1-0-0", days: 5 }] });

  // The link is made at the counter and handed over on paper.
  const reception = await Person.open(width, "receptionist");
  await reception.signIn();
  await reception.go(`patients/${own.patient_id}`);
  await reception.click("a[href$='/login']", "no login yet");
  const identifier = `home${tag}.${width}`;
  await reception.fill({ identifier });
  await reception.click("main .submit .primary", "link for the patient");
  const link = await reception.page.inputValue("#link");
  await reception.page.click("[data-print]");
  assert.equal(await reception.page.evaluate(() => window.printed), 1);
  await reception.close();

  // At home, on another screen.
  const person = await Person.open(width, "patient", { colorScheme: "dark" });
  await person.go(link, "choose a password");
  const password = "mango tree by the well";
  for (const name of ["password", "again"]) await person.page.fill(`[name=${name}]`, password);
  await person.click("main .primary", "password set");
  await person.signIn({ identifier, password });
  await person.says(own.line);
  for (const path of ["record/visits", "record/documents", "record/results", "record/prescriptions"]) await person.go(path, path);
  await person.says(rx.number);
  await person.click(person.page.locator("a.go", { hasText: rx.number }), "own prescription");
  await person.says("cetirizine", "0-0-1");
  await person.click("a[href*='/print']", "own sheet");
  await person.page.click("[data-print]");
  assert.equal(await person.page.evaluate(() => window.printed), 1);
  const sheet = await person.context.request.get(`${person.home}/prescriptions/${rx.prescription_id}/sheet.pdf`);
  assert.deepEqual([sheet.status(), sheet.headers()["content-type"]], [200, "application/pdf"]);

  // Nobody else's, and nothing of the clinic's.
  const closed = [`patients/${other.patient_id}`, `prescriptions/${foreign.prescription_id}`, `prescriptions/${foreign.prescription_id}/sheet.pdf`,
    "queue", "patients", "patients/new", "staff", "settings", "catalogue", "figures", "imports", "lab", "vitals", "tracking",
    `patients/${own.patient_id}/edit`, "api/v1/patients", `api/v1/patients/${other.patient_id}`, "api/v1/users"];
  for (const path of closed) {
    const reply = await person.context.request.get(`${person.home}/${path}`, { maxRedirects: 0 });
    assert.ok([403, 404].includes(reply.status()), `${path}: ${reply.status()}`);
  }
  await person.refused(403, () => person.go("queue", "not a patient's"));
  await person.close();
}

// One patient from the counter to the paper: registered, checked in, called, measured, noted, prescribed for, and
// home with the printed sheet.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { Person, shots, tag } from "./person.mjs";

export default async function visit(width) {
  const family = `Visit${tag}`;
  const patient = { given: "Sunita", family, line: `${family.toUpperCase()}, Sunita`, allergies: "penicillin (rash)" };
  const reception = await Person.open(width, "receptionist");
  const doctor = await Person.open(width, "doctor");

  // A wrong password is said without saying which was wrong.
  await reception.go("login", "sign in");
  await reception.page.fill("[name=identifier]", "nobody");
  await reception.page.fill("[name=password]", "wrong horse battery");
  await reception.refused(401, () => reception.click("form.form button", "wrong password"));

  // Reception: nobody like that is here, so the patient is registered; an omission is said, and nothing typed is lost.
  await reception.signIn();
  await reception.go(`patients?q=${patient.family}`, "nobody found");
  await reception.click('main a[href*="/patients/new"]', "register");
  await reception.fill({ given_name: patient.given, family_name: patient.family, birth_date: "3/3/87", phone: `97${width} ${tag}` });
  await reception.page.uncheck("main [name=check_in]");
  await reception.refused(422, () => reception.click("main .submit .primary", "sex is missing"));
  await reception.holds({ given_name: patient.given });
  await reception.page.check('main [name=sex][value="female"]');
  await reception.page.check('main [name=allergy_status][value="some"]');
  await reception.fill({ allergies: patient.allergies });
  await reception.click("main .submit .primary", "registered");
  await reception.about(patient);
  const chart = new URL(reception.page.url()).pathname;

  // Check in, and stand in the queue.
  await reception.go(`${chart}/check-in`, "check in");
  await reception.about(patient);
  await reception.fill({ purpose: "Headache in the mornings" });
  await reception.click("main .submit .primary", "checked in");
  await reception.go("queue");
  await reception.says(patient.line, "Headache in the mornings");

  // The doctor calls the patient in.
  await doctor.signIn();
  await doctor.go("queue");
  await doctor.says(patient.line);
  const turn = doctor.page.locator(".next, .turn").filter({ hasText: patient.line }).first();
  await doctor.click(turn.locator('button[value="in_consultation"]').first(), "called");
  const visit = /\/visits\/([0-9a-f-]{36})/.exec(doctor.page.url())[1];
  await doctor.about(patient);

  // Vitals: an impossible value is refused, a critical one is said in words.
  await doctor.fill({ systolic_mmhg: "190", diastolic_mmhg: "95", pulse_bpm: "999", temperature_c: "36,8" });
  await doctor.refused(422, () => doctor.click("main .submit .primary", "impossible pulse"));
  await doctor.holds({ temperature_c: "36,8" });
  await doctor.fill({ pulse_bpm: "88" });
  await doctor.click("main .submit .primary", "vitals saved");
  await doctor.says("critically high", /190\smmHg/);

  // The note.
  await doctor.fill({ complaint: "Headache for two weeks.\nWorse in the mornings.", diagnosis: "Essential hypertension",
    diagnosis_code: "i10", plan: "Salt, walking, review in six weeks" });
  await doctor.click("main .submit .primary", "note saved");
  await doctor.holds({ diagnosis_code: "I10" });

  // The prescription: drafted, signed, printed.
  await doctor.click(`main a[href$="/visits/${visit}/prescriptions/new"]`, "new prescription");
  await doctor.about(patient);
  await doctor.fill({ "lines.0.medicine": "amlodipine", "lines.0.strength": "5 mg", "lines.0.dose": "1",
    "lines.0.schedule": "1-0-0", "lines.0.days": "30", "lines.0.quantity": "30" });
  await doctor.page.selectOption('main [name="lines.0.form"]', "tablet");
  await doctor.click('main .submit button[value="keep"]', "draft");
  await doctor.about(patient);
  await doctor.click('main form[action$="/sign"] .primary', "signed");
  await doctor.says(/RX-\d+-\d{4}-\d{5}/, "amlodipine");
  const rx = new URL(doctor.page.url()).pathname;
  await doctor.click('main a[href*="/print"]', "sheet");
  await doctor.says(/RX-\d+-\d{4}-\d{5}/, "amlodipine", patient.line, patient.allergies);
  await doctor.page.emulateMedia({ media: "print" });
  const paper = await doctor.page.pdf({ path: `${shots}/${width}-sheet.pdf`, preferCSSPageSize: true });
  assert.equal(paper.toString("latin1").match(/\/Type\s*\/Page\b/g).length, 1, "the sheet is one page");
  await doctor.page.screenshot({ path: `${shots}/${width}-sheet-print.png`, fullPage: true });
  await doctor.page.emulateMedia({ media: "screen" });

  // The same as PDF, on every paper: a patient who is called by name, and how much when.
  for (const format of ["a4", "a5", "slip"]) {
    const sheet = await doctor.context.request.get(new URL(`${rx}/sheet.pdf?paper=${format}`, doctor.home).href);
    assert.equal(sheet.status(), 200, format);
    assert.equal(sheet.headers()["content-type"], "application/pdf");
    const text = execFileSync("pdftotext", ["-layout", "-", "-"], { input: await sheet.body(), encoding: "utf8" });
    for (const said of [patient.line, "amlodipine", "1-0-0", "penicillin (rash)"]) {
      assert.ok(text.replaceAll(/\s+/g, " ").includes(said), `${format}: the paper does not say ${said}:\n${text}`);
    }
  }

  // The medicine now stands beside the note, and the visit ends.
  await doctor.go(`visits/${visit}/consultation`, "consultation after prescribing");
  await doctor.says("amlodipine");
  await doctor.click('main form[action$="/move"] button:text("Complete visit")', "completed");
  await reception.go("queue", "queue in the evening");
  await reception.go(chart, "chart");
  await reception.about(patient);
  await Promise.all([reception.close(), doctor.close()]);
}

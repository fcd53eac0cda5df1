// The laboratory: from the list to the sample, the result with its flag, the report; the doctor sees it at once
// and verifies it.
import assert from "node:assert/strict";
import { Person, arrival, at, program } from "./person.mjs";

const PDF = Buffer.from(`%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj
trailer<</Root 1 0 R>>
%%EOF
`);

export default async function laboratory(width) {
  const patient = await arrival(width, "Blood");
  const orders = await program(at(width), "doctor");
  const rx = await orders.post("prescriptions", { patient_id: patient.patient_id, visit_id: patient.visit_id, lines: [],
    tests: [{ name: `Haemoglobin ${width}`, kind: "blood", instructions: "Fasting" }] });
  await orders.post(`prescriptions/${rx.prescription_id}/sign`, {}, { "if-match": `"v${rx.version}"` });

  const person = await Person.open(width, "lab_tech");
  const { page } = person;
  await person.signIn();
  await person.go("lab", "work list");
  await person.says(patient.line, "Fasting");
  const row = page.locator("tr").filter({ hasText: patient.line });
  await person.click(row.locator("a.go"), "test");
  assert.ok((await page.locator(".banner").innerText()).includes(patient.line));
  await person.arrive(() => person.keys("s"), "sample taken");
  await person.says("Sample taken");

  // A slip of the keys is said, and what was typed stays; the limits flag the value.
  await person.fill({ "values.0.name": "Haemoglobin", "values.0.result": "6.1.", "values.0.unit": "g/dL", "values.0.low": "12",
    "values.0.high": "16", "values.0.critical_low": "7", "values.0.critical_high": "20" });
  await person.refused(422, () => person.click("form[action$='/result'] button.primary", "not a number"));
  await person.holds({ "values.0.result": "6.1.", "values.0.unit": "g/dL" });
  await person.fill({ "values.0.result": "6.1", finding: "Seen twice" });
  await person.click("form[action$='/result'] button.primary", "result kept");
  await person.says("6.1", /critical/i);

  // The report is filed with it; what is no report is refused in words.
  const attach = page.locator("form[action$='/report']");
  const file = async (name, mimeType, buffer) => {
    const fold = page.locator("details:has(form[action$='/report'])");
    if (!(await fold.evaluate((el) => el.open))) await fold.locator("summary").click();
    await attach.locator("[name=file]").setInputFiles({ name, mimeType, buffer });
  };
  await file("phone.heic", "image/heic", Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic", "latin1"));
  await person.refused(422, () => person.click(attach.locator("button"), "no report"));
  await file("hb.pdf", "application/pdf", PDF);
  await attach.locator("[name=title]").fill(`Report ${width}`);
  await person.click(attach.locator("button"), "report filed");
  await person.says(`Report ${width}`);
  assert.equal(await page.locator("form[action$='/verify']").count(), 0, "nobody verifies the own entry");
  const test = new URL(page.url()).pathname;

  // The doctor sees it at once, and verifies with one key.
  const doctor = await Person.open(width, "doctor");
  await doctor.signIn();
  await doctor.go(`patients/${patient.patient_id}`, "chart with a result");
  await doctor.says(`Haemoglobin ${width}`, "6.1");
  await doctor.go(test, "result to verify");
  await doctor.says(/critical/i, `Report ${width}`);
  await doctor.arrive(() => doctor.keys("v"), "verified");
  await doctor.says("Verified");
  await Promise.all([person.close(), doctor.close()]);
}

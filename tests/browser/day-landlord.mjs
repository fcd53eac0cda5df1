// Whoever runs the platform sees clinics, and never a patient.
import assert from "node:assert/strict";
import { Person, clinics } from "./person.mjs";

export default async function landlord(width) {
  const person = await Person.open(width, "super_admin");
  await person.signIn();
  await person.says(...clinics.map((clinic) => clinic.name));
  // It asks first, by name; no is where the keys are.
  await person.page.locator("button.danger").first().click();
  await person.focused("dialog[open] [value=no]");
  await person.look("suspend");
  await person.says(clinics.map((clinic) => clinic.name).sort()[0]);
  await person.keys("Enter");
  await person.focused("button.danger");
  for (const path of ["queue", "patients", "api/v1/patients"]) {
    const reply = await person.context.request.get(`${person.home}/${path}`, { maxRedirects: 0 });
    assert.ok([303, 401, 403, 404].includes(reply.status()), `${path}: ${reply.status()}`);
  }
  await person.close();
}

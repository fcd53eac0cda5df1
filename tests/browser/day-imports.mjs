// Patients from another system: the file looked at, its columns named, tried, taken in, and undone.
import assert from "node:assert/strict";
import { Person, tag } from "./person.mjs";

const rows = Array.from({ length: 12 }, (_, n) => `X${tag}${n},Import${n},Row${tag},${20 + n},${n % 2 ? "F" : "M"},Pune`);
const file = { name: "patients.csv", mimeType: "text/csv",
  buffer: Buffer.from(["ref,first_name,last_name,age,gender,where_from", ...rows, `X${tag}bad,,Nobody,abc,?,`].join("\n")) };

// The page reloads itself until the worker is through.
const through = (person) => person.page.waitForFunction(() => document.querySelector("main") && !document.querySelector("progress, [role=status] progress")
  && !document.querySelector("meta[http-equiv=refresh]"), null, { timeout: 60_000 });

export default async function imports(width) {
  const person = await Person.open(width, "admin");
  const { page } = person;
  await person.signIn();
  await person.go("imports", "imports");
  await person.refused(422, () => person.click("main .submit .primary", "no file"));
  await page.setInputFiles("[name=file]", file);
  await person.click("main .submit .primary", "columns");
  assert.equal(await page.inputValue("[name=c1]"), "given_name", "known names are recognized");
  await page.selectOption("[name=c0]", "external_id");
  await page.selectOption("[name=c5]", "city");
  await person.click("button[name=dry_run]");
  await through(person);
  await person.look("tried");
  await person.says(/12\s+new patients/, /1\s+kept aside/);
  await person.click("button:text('Import it now')");
  await through(person);
  await person.look("report");
  await person.says(/12\s+new patients/, /1\s+kept aside/);
  await person.go(`patients?q=row${tag}`, "imported");
  await person.says(`ROW${tag}, Import3`);
  await page.goBack();
  await person.click("form[action$='/undo'] button", "undone");
  await person.says("12 patients were set aside.");
  await person.go(`patients?q=row${tag}`);
  assert.ok(!(await page.locator("main").innerText()).includes(`ROW${tag}, Import3`));
  await person.close();
}

// The same pages in the dark and in another language keep the same rules.
import assert from "node:assert/strict";
import { Person } from "./person.mjs";

export default async function dark(width) {
  const language = width > 700 ? "mr" : "hi";
  const paths = { receptionist: ["queue", "patients?q=visit", "patients/new", "me"], doctor: ["queue", "prescriptions"],
    admin: ["staff", "settings", "cohort"] };
  for (const [role, pages] of Object.entries(paths)) {
    const person = await Person.open(width, role, { colorScheme: "dark", language });
    await person.signIn();
    for (const path of pages) {
      await person.go(path, `${language} ${path}`);
      assert.equal(await person.page.evaluate(() => document.documentElement.lang), language, path);
    }
    if (role === "doctor") {
      await person.go(await person.page.locator("main a.go").first().getAttribute("href"), `${language} prescription`);
      await person.go(`${new URL(person.page.url()).pathname}/print`, `${language} sheet`);
    }
    await person.close();
  }
}

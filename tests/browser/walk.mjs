// A day in the clinic, seen by a browser: a patient is registered, checked in, called, measured, noted,
// prescribed for, and takes the printed sheet home.
//   node walk.mjs <demo.json> <directory for pictures>
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const [manifest, shots] = process.argv.slice(2);
const { base_url: base, clinics } = JSON.parse(readFileSync(manifest, "utf8"));
const clinic = clinics[0];
const home = `${base}/clinic/${clinic.slug}`;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

const wrong = [];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

// Somebody at a screen. Whatever the browser complains about is noted with the place where it happened.
class Person {
  static async open(width, role, { colorScheme, language } = {}) {
    const person = new Person();
    Object.assign(person, { width, role, steps: 0, intended: new Set() });
    person.context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    if (language) await person.context.addCookies([{ name: "language", value: language, url: base }]);
    person.context.setDefaultTimeout(10_000);
    const page = person.page = await person.context.newPage();
    const note = (what) => wrong.push(`${role}, ${width} px, ${new URL(page.url()).pathname}: ${what}`);
    person.note = note;
    page.on("pageerror", (error) => note(error.message));
    page.on("console", (message) => {
      if (message.type() !== "error") return;
      const status = /status of (\d+)/.exec(message.text())?.[1];
      if (!status || !person.intended.has(Number(status))) note(message.text());
    });
    page.on("response", (response) => {
      if (response.status() >= 400 && !person.intended.has(response.status())) note(`${response.status()} ${response.url()}`);
    });
    page.on("requestfailed", (request) => {
      // Leaving a page ends its event stream.
      if (request.resourceType() === "eventsource") return;
      note(`${request.failure()?.errorText} ${request.url()}`);
    });
    return person;
  }

  async signIn() {
    const { identifier, password } = clinic.users.find((user) => user.role === this.role);
    await this.go("login", "sign in");
    await this.page.fill("[name=identifier]", identifier);
    await this.page.fill("[name=password]", password);
    await this.click("button.primary, form.form button", "home");
  }

  async go(path, name) {
    const response = await this.page.goto(path.startsWith("/") ? base + path : `${home}/${path}`);
    assert.ok(response.ok() || this.intended.has(response.status()), `${this.role} opens ${path}: ${response.status()}`);
    await this.look(name);
  }

  // Presses what leads to another page, and looks at that page.
  async click(target, name) {
    const element = typeof target === "string" ? this.page.locator(target).first() : target;
    const arrived = this.page.waitForNavigation();
    await element.click();
    await this.confirm();
    await arrived;
    await this.look(name);
  }

  // Says yes where the page asks once.
  async confirm() {
    const yes = this.page.locator("dialog[open]#confirm [value=yes]");
    if (await yes.isVisible().catch(() => false)) await yes.click();
  }

  // Does something whose refusal is the point.
  async refused(status, work) {
    this.intended.add(status);
    await work();
    this.intended.delete(status);
  }

  // Every page that is arrived at is drawn, judged and kept.
  async look(name) {
    const { page, width, role } = this;
    await page.waitForLoadState("load");
    // From the top: what the banner covers while it stays is not too small.
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.evaluate(axe);
    const { violations } = await page.evaluate((values) => window.axe.run({ runOnly: { type: "tag", values } }), RULES);
    for (const { id, help, nodes } of violations) {
      this.note(`${name}: axe ${id}: ${help}: ${nodes.map((node) => node.target.join(" ")).slice(0, 3).join(", ")}`);
    }
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) this.note(`${name}: ${wide} px wider than the screen`);
    const file = `${width}-${String(Person.pictures++).padStart(2, "0")}-${role}-${name.replaceAll(/\W+/g, "-")}.png`;
    await page.screenshot({ path: `${shots}/${file}`, fullPage: true });
  }

  async says(...texts) {
    const said = await this.page.locator("body").innerText();
    for (const text of texts) {
      const found = text instanceof RegExp ? text.test(said) : said.includes(text);
      assert.ok(found, `${this.role}, ${this.width} px, ${this.page.url()} does not say ${text}:\n${said}`);
    }
  }

  async fill(fields) {
    for (const [field, value] of Object.entries(fields)) await this.page.fill(`main [name="${field}"]`, value);
  }

  // The patient's banner stands on every page about the patient.
  async about(patient) {
    const banner = await this.page.locator(".banner").innerText();
    for (const text of [patient.line, patient.allergies]) {
      assert.ok(banner.includes(text), `the banner does not say ${text}: ${banner}`);
    }
  }
}
Person.pictures = 0;

async function day(width) {
  const patient = { given: "Sunita", family: `Width${width}`, line: `WIDTH${width}, Sunita`, allergies: "penicillin (rash)" };
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
  await reception.fill({ given_name: patient.given, family_name: patient.family, birth_date: "3/3/87", phone: `98${width} 00417` });
  await reception.page.uncheck("main [name=check_in]");
  await reception.refused(422, () => reception.click("main .submit .primary", "sex is missing"));
  assert.equal(await reception.page.inputValue("main [name=given_name]"), patient.given);
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
  await reception.go("queue", "queue");
  await reception.says(patient.line, "Headache in the mornings");

  // The doctor calls the patient in.
  await doctor.signIn();
  await doctor.go("queue", "queue");
  await doctor.says(patient.line);
  const turn = doctor.page.locator(".next, .turn").filter({ hasText: patient.line }).first();
  await doctor.click(turn.locator('button[value="in_consultation"]').first(), "called");
  if (!/\/visits\//.test(doctor.page.url())) {
    await doctor.go("queue", "queue with a patient inside");
    await doctor.click(doctor.page.getByRole("link", { name: patient.line }).first(), "visit");
  }
  const visit = /\/visits\/([0-9a-f-]{36})/.exec(doctor.page.url())[1];
  await doctor.go(`visits/${visit}/consultation`, "consultation");
  await doctor.about(patient);

  // Vitals: an impossible value is refused, a critical one is said in words.
  await doctor.fill({ systolic_mmhg: "190", diastolic_mmhg: "95", pulse_bpm: "999", temperature_c: "36,8" });
  await doctor.refused(422, () => doctor.click("main .submit .primary", "impossible pulse"));
  assert.equal(await doctor.page.inputValue("main [name=temperature_c]"), "36,8");
  await doctor.fill({ pulse_bpm: "88" });
  await doctor.click("main .submit .primary", "vitals saved");
  await doctor.says("critically high", /190\smmHg/);

  // The note.
  await doctor.fill({ complaint: "Headache for two weeks.\nWorse in the mornings.", diagnosis: "Essential hypertension",
    diagnosis_code: "i10", plan: "Salt, walking, review in six weeks" });
  await doctor.click("main .submit .primary", "note saved");
  assert.equal(await doctor.page.inputValue("main [name=diagnosis_code]"), "I10");

  // The prescription: drafted, signed, printed.
  await doctor.click(`main a[href$="/visits/${visit}/prescriptions/new"]`, "new prescription");
  await doctor.about(patient);
  await doctor.fill({ "lines.0.medicine": "amlodipine", "lines.0.strength": "5 mg", "lines.0.dose": "1",
    "lines.0.schedule": "1-0-0", "lines.0.days": "30", "lines.0.quantity": "30" });
  await doctor.page.selectOption('main [name="lines.0.form"]', "tablet");
  await doctor.click('main .submit button[value="keep"]', "draft");
  await doctor.about(patient);
  if (/\/edit$/.test(new URL(doctor.page.url()).pathname)) {
    await doctor.click('main .submit button[value="sign"]', "signed");
  } else {
    await doctor.click('main form[action$="/sign"] .primary', "signed");
  }
  await doctor.says(/RX-\d+-\d{4}-\d{5}/, "amlodipine");
  await doctor.click('main a[href*="/print"]', "sheet");
  await doctor.says(/RX-\d+-\d{4}-\d{5}/, "amlodipine", patient.line, patient.allergies);
  await doctor.page.emulateMedia({ media: "print" });
  const paper = await doctor.page.pdf({ path: `${shots}/${width}-sheet.pdf`, preferCSSPageSize: true });
  assert.equal(paper.toString("latin1").match(/\/Type\s*\/Page\b/g).length, 1, "the sheet is one page");
  await doctor.page.screenshot({ path: `${shots}/${width}-sheet-print.png`, fullPage: true });
  await doctor.page.emulateMedia({ media: "screen" });

  // The medicine now stands beside the note, and the visit ends.
  await doctor.go(`visits/${visit}/consultation`, "consultation after prescribing");
  await doctor.says("amlodipine");
  await doctor.click('main form[action$="/move"] button:text("Complete visit")', "completed");
  await reception.go("queue", "queue in the evening");
  await reception.go(chart, "chart");
  await reception.about(patient);
  await reception.context.close();
  await doctor.context.close();
}

// The same pages in the dark and in another language keep the same rules.
async function dark(width, language) {
  const paths = { receptionist: ["queue", "patients?q=width", "patients/new", "me"], doctor: ["queue", "prescriptions"],
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
    await person.context.close();
  }
}

try {
  for (const width of [1280, 360]) await day(width);
  await dark(360, "hi");
  await dark(1280, "mr");
} catch (error) {
  wrong.push(error.stack);
} finally {
  await browser.close();
}
for (const what of wrong) console.error(`- ${what}`);
console.log(wrong.length ? `${wrong.length} things are wrong.` : `${Person.pictures} pages, nothing wrong.`);
process.exitCode = wrong.length ? 1 : 0;

// A doctor between two patients, seen by a browser: what is typed is kept though the connection drops, two windows
// do not overwrite each other, and a prescription is written with the keyboard alone, by template, and without a script.
//   node doctor.mjs <demo.json> <directory for pictures>
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
let pictures = 0;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

// A doctor's window. Whatever the browser complains about is noted, unless it was meant.
async function open(options) {
  const context = await browser.newContext({ ...options, viewport: { width: options.width, height: 900 } });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  page.meant = /^$/;
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !page.meant.test(message.text())) wrong.push(`${page.url()}: ${message.text()}`);
  });
  const { identifier, password } = clinic.users.find((user) => user.role === "doctor");
  await page.goto(`${home}/login`);
  await page.fill("[name=identifier]", identifier);
  await page.fill("[name=password]", password);
  await page.press("[name=password]", "Enter");
  await page.waitForURL(/queue/);
  return { page, context };
}

async function look(page, name, top = true) {
  if (top) await page.evaluate(() => window.scrollTo(0, 0));
  await page.evaluate(axe);
  const { violations } = await page.evaluate((values) => window.axe.run({ runOnly: { type: "tag", values } }), RULES);
  for (const { id, nodes } of violations) wrong.push(`${name}: axe ${id}: ${nodes.map((n) => n.target.join(" ")).slice(0, 3)}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) wrong.push(`${name}: ${wide} px wider than the screen`);
  await page.screenshot({ path: `${shots}/doctor-${String(pictures++).padStart(2, "0")}-${name.replaceAll(/\W+/g, "-")}.png`, fullPage: top });
}

const says = (page, pattern) => page.waitForFunction(
  (source) => new RegExp(source).test(document.querySelector("[data-said]").textContent), pattern.source);
const choose = async (page, field, typed) => {
  await page.focus(`[name="${field}"]`);
  await page.keyboard.type(typed);
  await page.waitForSelector("[role=option]");
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.getAttribute(`[name="${field}"]`, "aria-activedescendant"), "choice-0");
  await page.keyboard.press("Enter");
};
const words = (page, row, pattern) => page.waitForFunction(([n, source]) => {
  const said = document.querySelectorAll("[data-row=lines] [data-said]")[n].textContent.replaceAll("\u00a0", " ");
  return new RegExp(source).test(said);
}, [row, pattern.source]);

async function consultation(width, colorScheme) {
  const { page, context } = await open({ width, colorScheme });
  await look(page, `queue ${width}`);
  // One click from the queue into the consultation.
  await page.locator("section.next .big").last().click();
  await page.waitForURL(/consultation/);
  const visit = page.url().split("?")[0];

  // Typed, kept; the connection drops, nothing is sent and nothing is lost; it comes back and all is kept.
  await page.fill("[name=complaint]", "Headache since yesterday");
  await says(page, /^Kept \d\d:\d\d/);
  await look(page, `kept ${width}`);
  page.meant = /ERR_INTERNET_DISCONNECTED|status of 412/;
  await context.setOffline(true);
  await page.fill("[name=findings]", "Neck soft");
  await says(page, /no connection/);
  await page.click("main .submit button.primary");
  await says(page, /nothing was sent/);
  assert.equal(await page.inputValue("[name=findings]"), "Neck soft");
  await context.setOffline(false);
  await says(page, /^Kept/);

  // Another window offers it again; who types there is not overwritten unasked.
  const other = await context.newPage();
  await other.goto(visit);
  assert.equal(await other.inputValue("[name=findings]"), "Neck soft");
  await look(other, `restored ${width}`);
  await other.fill("[name=findings]", "Neck soft, no rash");
  await says(other, /^Kept/);
  await page.fill("[name=findings]", "Neck stiff");
  await says(page, /another window/);
  await look(page, `two windows ${width}`);
  await page.click("[data-said] button >> nth=0");
  await says(page, /^Kept/);
  await other.close();
  page.meant = /^$/;
  assert.equal(await page.evaluate(() => sessionStorage.length), 0, "nothing stays in the browser");
  assert.ok(!JSON.stringify(await page.evaluate(() => ({ ...localStorage }))).includes("Neck"));

  // Saved and on to the prescription, with the keyboard.
  await page.click("button[value=prescribe]");
  await page.waitForURL(/prescriptions\/new/);
  await choose(page, "lines.0.medicine", "500 para");
  assert.equal(await page.inputValue("[name='lines.0.strength']"), "500 mg");
  await words(page, 0, /^1 in the morning, .*: \d+ tablets$/);
  await page.fill("[name='lines.1.medicine']", "Zinc");
  await page.selectOption("[name='lines.1.form']", "tablet");
  await page.fill("[name='lines.1.schedule']", "101");
  await page.fill("[name='lines.1.days']", "5");
  await words(page, 1, /^1 in the morning, 1 at night, 5 days \(1-0-1\): 10 tablets$/);
  await page.fill("[name='lines.1.dose']", "1 OD");
  await words(page, 1, /not OD/);
  await page.fill("[name='lines.1.dose']", "");
  await page.fill("[name='lines.2.medicine']", "Vitamin C");
  await page.click("[data-adds=lines]");
  assert.equal(await page.evaluate(() => document.activeElement.name), "lines.3.medicine");
  await page.fill("[name='lines.2.medicine']", "");
  await choose(page, "tests.0.name", "count");
  await page.focus("[name='lines.3.medicine']");
  await page.keyboard.type("am");
  await page.waitForSelector("[role=option]");
  await page.keyboard.press("ArrowDown");
  await look(page, `choices ${width}`, false);
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("[role=option]").count(), 0);
  await page.fill("[name='lines.3.medicine']", "");
  await look(page, `prescription ${width}`);
  await page.click("main .submit button[value=keep]");
  await page.waitForURL(/done=rx_kept/);
  await look(page, `draft ${width}`);

  // Saved as a template, found by its keyword, loaded into the next prescription, signed.
  await page.click("a[href*='templates/new?of=']");
  await page.fill("[name=name]", `Headache ${width}`);
  await page.fill("[name=keywords]", `migraine${width}`);
  await look(page, `template ${width}`);
  await page.click("main .submit button.primary");
  await page.waitForURL(/done=template_added/);
  await look(page, `templates ${width}`);
  await page.goto(visit.replace("consultation", "prescriptions/new"));
  await choose(page, "template", `migraine${width}`);
  await page.waitForFunction(() => document.querySelector("[name='lines.1.medicine']").value === "zinc");
  await page.click("button[value=sign]");
  await page.click("dialog[open] [value=yes]");
  await page.waitForURL(/prescriptions\/[0-9a-f-]{36}/);
  await look(page, `signed ${width}`);

  // An admission is recommended, and the patient tracked.
  await page.goto(visit.replace("consultation", "admission"));
  await page.fill("[name=reason]", "Stiff neck and fever");
  await page.check("[name=urgency][value=urgent]");
  await look(page, `admission ${width}`);
  await page.click("main .submit button.primary");
  await page.waitForURL(/done=admission_recommended/);
  await look(page, `consultation ${width}`);
  for (const list of ["admissions", "tracking"]) {
    await page.goto(`${home}/${list}`);
    await look(page, `${list} ${width}`);
  }
  await page.goto(visit.replace("consultation", "admission"));
  await page.fill("[name=reason]", "Better");
  await page.click("main .submit button.danger");
  await page.waitForURL(/done=admission_withdrawn/);
  await context.close();
  return visit;
}

async function withoutScript(visit) {
  const { page, context } = await open({ width: 360, javaScriptEnabled: false });
  await page.goto(visit.replace("consultation", "prescriptions/new"));
  await page.fill("[name='lines.0.medicine']", "amoxicillin 500 mg capsule");
  await page.fill("[name=template]", "migraine1280");
  await page.click("button[value=load]");
  assert.equal(await page.inputValue("[name='lines.0.medicine']"), "amoxicillin 500 mg capsule");
  assert.equal(await page.inputValue("[name='lines.2.medicine']"), "zinc");
  await page.click("main .submit button[value=keep]");
  await page.waitForURL(/done=rx_kept/);
  await page.click("form[action$='/discard'] button");
  await page.waitForURL(/done=rx_discarded/);
  await page.fill("[name=plan]", "Rest");
  await page.click("main .submit button.primary");
  await page.waitForURL(/done=note_saved/);
  await context.close();
}

const visit = await consultation(1280, "light");
await withoutScript(visit);
await consultation(360, "dark");
await browser.close();
assert.deepEqual(wrong, []);
console.log(`${pictures} pictures in ${shots}`);

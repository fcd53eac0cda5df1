// Somebody at a screen, and everything that is judged on the way: what the browser complains about, requests that
// fail, what axe finds, pages wider than the screen, keys of the language files that nobody turned into words.
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const [manifest, shots] = process.argv.slice(2);
const { base_url: base, clinics, super_admin: landlord } = JSON.parse(readFileSync(manifest, "utf8"));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const groups = new Set(readdirSync("lang/en").flatMap((file) =>
  [...readFileSync(`lang/en/${file}`, "utf8").matchAll(/^"([a-z_]+)\./gm)].map(([, group]) => group)));
const KEY = new RegExp(`(?<![\\w.@/-])(?:${[...groups].join("|")})\\.[a-z][a-z_.]+`, "g");
const FILE = /\.(csv|pdf|png|jpe?g)$/;

export { base, clinics, landlord, shots };
export const wrong = [];
// So that a second run on the same demo meets nobody of the first.
export const tag = String(process.pid % 100_000).padStart(5, "0");

export const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

// The two widths work side by side, each in a clinic of its own.
export const at = (width) => (width > 700 ? clinics[0] : clinics[1]);
const login = (clinic, role) => (role === "super_admin" ? landlord : clinic.users.find((user) => [user.role, user.identifier].includes(role)));

export class Person {
  static pictures = 0;

  static seen = new Set();

  static async open(width, role, { colorScheme, language, script = true, clinic = at(width) } = {}) {
    const person = new Person();
    const home = `${base}/clinic/${clinic.slug}`;
    Object.assign(person, { width, role, clinic, home, script, intended: new Set(), cut: false, colorScheme, language });
    person.context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, javaScriptEnabled: script });
    if (language) await person.context.addCookies([{ name: "language", value: language, url: base }]);
    person.context.setDefaultTimeout(15_000);
    // Paper comes out at once.
    await person.context.addInitScript(() => {
      window.printed = 0;
      window.print = () => { window.printed += 1; window.dispatchEvent(new Event("afterprint")); };
    });
    person.page = await person.context.newPage();
    person.watch(person.page);
    return person;
  }

  note(what) { wrong.push(`${this.role}, ${this.width} px, ${new URL(this.page.url()).pathname}: ${what}`); }

  watch(page) {
    page.on("pageerror", (error) => this.note(error.message));
    page.on("console", (message) => {
      if (message.type() !== "error") return;
      // What came back with a status is judged below.
      if (/status of \d+/.test(message.text()) || (this.cut && /ERR_INTERNET_DISCONNECTED/.test(message.text()))) return;
      this.note(message.text());
    });
    page.on("response", (response) => {
      if (response.status() >= 400 && !this.intended.has(response.status())) this.note(`${response.status()} ${response.url()}`);
    });
    page.on("requestfailed", (request) => {
      const why = request.failure()?.errorText;
      // Leaving a page ends its event stream, and another letter ends the question about the last one.
      if (request.resourceType() === "eventsource" || (request.resourceType() === "fetch" && why === "net::ERR_ABORTED")) return;
      if (this.cut && why === "net::ERR_INTERNET_DISCONNECTED") return;
      this.note(`${why} ${request.url()}`);
    });
  }

  close() { return this.context.close(); }

  async signIn({ identifier, password } = login(this.clinic, this.role)) {
    // The door and the home of a role are looked at once for each way of seeing them.
    const fresh = (name) => {
      const way = [name, this.role, this.width, this.colorScheme, this.language, this.script].join();
      return !Person.seen.has(way) && Person.seen.add(way) && name;
    };
    await this.go(this.role === "super_admin" ? "/admin/login" : "login", fresh("sign in"));
    await this.page.fill("[name=identifier]", identifier);
    await this.page.fill("[name=password]", password);
    await this.arrive(() => this.page.press("[name=password]", "Enter"), fresh("home"));
    return this;
  }

  async go(path, name) {
    const response = await this.page.goto(/^(\/|http)/.test(path) ? new URL(path, base).href : `${this.home}/${path}`);
    assert.ok(response.ok() || this.intended.has(response.status()), `${this.role} opens ${path}: ${response.status()}`);
    if (name) await this.look(name);
    return response;
  }

  // Does what leads to another page, and looks at that page.
  async arrive(work, name) {
    const arrived = this.page.waitForNavigation({ waitUntil: "load" });
    arrived.catch(() => {}); // said below, unless the work itself failed
    await work();
    await arrived;
    if (name) await this.look(name);
  }

  async click(target, name) {
    const element = typeof target === "string" ? this.page.locator(target).first() : target;
    await this.arrive(async () => {
      await element.click();
      await this.confirm();
    }, name);
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

  // Does something while the connection is gone.
  async offline(work) {
    this.cut = true;
    await this.context.setOffline(true);
    await work();
    await this.context.setOffline(false);
    this.cut = false;
  }

  // The session ends, and begins anew in another window.
  async signedOut(work) {
    await this.context.clearCookies();
    this.intended.add(401);
    await work();
    this.intended.delete(401);
    const other = await this.context.newPage();
    const { identifier, password } = login(this.clinic, this.role);
    await other.goto(`${this.home}/login`);
    await other.fill("[name=identifier]", identifier);
    await other.fill("[name=password]", password);
    await Promise.all([other.waitForURL((url) => !url.pathname.endsWith("/login")), other.press("[name=password]", "Enter")]);
    await other.close();
  }

  // Every page that is arrived at is drawn, judged and kept. Without a script there is nothing to judge by.
  async look(name) {
    const { page, width, role, script } = this;
    await page.waitForLoadState("load");
    const said = await page.locator("body").innerText();
    for (const [key] of said.matchAll(KEY)) if (!FILE.test(key)) this.note(`${name}: nobody said what ${key} is`);
    if (script) {
      // From the top: what the banner covers while it stays is not too small.
      await page.evaluate(() => window.scrollTo(0, 0));
      await page.evaluate(() => Promise.all(document.getAnimations().map((moving) => moving.finished.catch(() => {}))));
      await page.evaluate(axe);
      const { violations } = await page.evaluate((values) => window.axe.run({ resultTypes: ["violations"], runOnly: { type: "tag", values } }), RULES);
      for (const { id, help, nodes } of violations) {
        this.note(`${name}: axe ${id}: ${help}: ${nodes.map((node) => node.target.join(" ")).slice(0, 3).join(", ")}`);
      }
    }
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) this.note(`${name}: ${wide} px wider than the screen`);
    const file = `${width}-${role}-${String(Person.pictures++).padStart(3, "0")}-${name.replaceAll(/\W+/g, "-")}.png`;
    await page.screenshot({ path: `${shots}/${file}`, fullPage: true });
  }

  async says(...texts) {
    const said = (await this.page.locator("body").innerText()).replaceAll("\u00a0", " ");
    for (const text of texts) {
      const found = text instanceof RegExp ? text.test(said) : said.includes(text);
      assert.ok(found, `${this.role}, ${this.width} px, ${this.page.url()} does not say ${text}:\n${said}`);
    }
  }

  async fill(fields) {
    for (const [field, value] of Object.entries(fields)) await this.page.fill(`main [name="${field}"]`, value);
  }

  async holds(fields) {
    for (const [field, value] of Object.entries(fields)) {
      assert.equal(await this.page.inputValue(`main [name="${field}"]`), value, `${this.role}, ${this.width} px: ${field}`);
    }
  }

  // The patient's banner stands on every page about the patient.
  async about(patient) {
    const banner = await this.page.locator(".banner").innerText();
    for (const text of [patient.line, patient.allergies]) {
      assert.ok(banner.includes(text), `the banner does not say ${text}: ${banner}`);
    }
  }

  // Where the keys go now.
  focus() {
    return this.page.evaluate(() => {
      const { tagName, id, name, value, textContent } = document.activeElement;
      return `${tagName.toLowerCase()}#${id}[${name}=${value}] ${textContent.trim().slice(0, 60)}`;
    });
  }

  async focused(selector) {
    await this.page.waitForFunction((s) => document.activeElement?.matches(s), selector).catch(async () => {
      assert.fail(`${this.role}, ${this.width} px, ${this.page.url()}: the focus is not on ${selector} but on ${await this.focus()}`);
    });
  }

  async keys(...names) {
    for (const name of names) await this.page.keyboard.press(name);
  }

  async type(text) { await this.page.keyboard.type(text); }

  // Tab by tab until a field is reached; where the keys are is seen on every step.
  async tab(selector, key = "Tab") {
    for (let step = 0; step < 60; step += 1) {
      const seen = await this.page.evaluate((s) => {
        const el = document.activeElement;
        if (!el?.matches(s)) return null;
        const { outlineStyle, outlineWidth } = getComputedStyle(el);
        const after = getComputedStyle(el, "::after");
        return [outlineStyle, after.outlineStyle].some((style) => style !== "none") && outlineWidth !== undefined;
      }, selector);
      if (seen !== null) {
        if (!seen) this.note(`nobody sees that ${selector} has the focus`);
        return;
      }
      await this.keys(key);
    }
    assert.fail(`${this.role}, ${this.width} px, ${this.page.url()}: no way by ${key} to ${selector}; at ${await this.focus()}`);
  }
}

// A program of somebody who works there, for what must be there before a day begins.
export async function program(clinic, role) {
  const home = `${base}/clinic/${clinic.slug}/api/v1`;
  const { identifier, password } = login(clinic, role);
  const send = async (method, path, body, headers = {}) => {
    const reply = await fetch(`${home}/${path}`, { method, headers: { "content-type": "application/json", ...headers },
      body: body && JSON.stringify(body) });
    assert.ok(reply.ok, `${role} ${method} ${path}: ${reply.status} ${await reply.clone().text()}`);
    return reply.json();
  };
  const { access_token: token } = await send("POST", "sessions", { identifier, password });
  const bearer = { authorization: `Bearer ${token}` };
  return { get: (path) => send("GET", path, null, bearer), post: (path, body, more) => send("POST", path, body, { ...bearer, ...more }) };
}

// Somebody new in the clinic, who waits to be seen.
export async function arrival(width, family, told = {}, urgency = "routine") {
  const reception = await program(at(width), "receptionist");
  const patient = await reception.post("patients", { given_name: "Sunita", family_name: `${family}${tag}`, birth_date: "1987-03-03",
    sex: "female", duplicate_ok: true, ...told });
  const visit = await reception.post("visits", { patient_id: patient.patient_id, purpose: `${family} ${width}`, visit_type: urgency });
  return { ...patient, visit_id: visit.visit_id, line: `${family.toUpperCase()}${tag}, Sunita` };
}

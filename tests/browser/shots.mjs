// Pictures of the key pages for people to look at: wide and narrow, light and dark, some in every language.
//   node shots.mjs <demo.json> <directory for pictures>
import { readFileSync, writeFileSync } from "node:fs";
import { chromium } from "playwright-core";

const [manifest, shots] = process.argv.slice(2);
const { base_url: base, clinics, super_admin: landlord } = JSON.parse(readFileSync(manifest, "utf8"));
const clinic = clinics[0];
const home = `${base}/clinic/${clinic.slug}`;
const WIDTHS = [1280, 360];
const THEMES = ["light", "dark"];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const wrong = [];
const taken = [];

// Somebody of a role, signed in; in a language other than the clinic's by the choice at the door.
async function person(role, language) {
  const context = await browser.newContext();
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  page.on("pageerror", (error) => wrong.push(`${role}: ${error.message}`));
  if (language) await context.addCookies([{ name: "language", value: language, url: base }]);
  if (role) {
    const { identifier, password } = clinic.users.find((user) => user.role === role);
    await page.goto(`${home}/login`);
    await page.fill("[name=identifier]", identifier);
    await page.fill("[name=password]", password);
    await Promise.all([page.waitForNavigation(), page.click("main button.primary")]);
  }
  return { page, get: async (path) => (await context.request.get(`${home}/api/v1/${path}`)).json(), close: () => context.close() };
}

async function shoot(page, name, path) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: width > 700 ? 800 : 720 });
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      const response = await page.goto(path.startsWith("/") ? base + path : `${home}/${path}`);
      if (!response.ok()) wrong.push(`${name}: ${response.status()}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) wrong.push(`${name}, ${width} px: ${wide} px wider than the screen`);
      // A list of errors takes the focus and scrolls to itself.
      await page.evaluate(() => window.scrollTo(0, 0));
      const file = `${name}-${width}-${colorScheme}.png`;
      await page.screenshot({ path: `${shots}/${file}`, fullPage: true });
      taken.push({ name, width, file });
    }
  }
}

// The pages of one person, in one language. What there is to see is looked up first.
async function walk(role, language, pages) {
  const who = await person(role, language);
  const suffix = language ? `-${language}` : "";
  for (const [name, path] of Object.entries(pages)) {
    const to = typeof path === "function" ? await path(who.get) : path;
    await shoot(who.page, `${name}${suffix}`, to);
  }
  await who.close();
}

const first = async (get, path) => (await get(path)).items[0];
const talked = async (get) => (await first(get, "visits?status=completed&limit=1"))?.visit_id ?? (await first(get, "visits?limit=1")).visit_id;
const chart = async (get) => `patients/${(await first(get, "visits?limit=1")).patient_id}`;
const signed = async (get) => `prescriptions/${(await first(get, "prescriptions?status=signed&limit=1")).prescription_id}`;
const pages = {
  login: "login",
  queue: "queue",
  found: "patients?q=a",
  register: "patients/new",
  chart,
  consultation: async (get) => `visits/${await talked(get)}/consultation`,
  prescribe: async (get) => `${await chart(get)}/prescriptions/new`,
  prescription: signed,
  sheet: async (get) => `${await signed(get)}/print`,
  prescriptions: "prescriptions",
  figures: "figures",
  risks: "cohort",
  documents: async (get) => `${await chart(get)}/documents`,
  token: async (get) => `visits/${(await first(get, "visits?limit=1")).visit_id}/token`,
  templates: "templates",
  imports: "imports",
  staff: "staff",
  invite: "staff/new",
  settings: "settings",
  catalogue: "catalogue",
  me: "me",
  record: "record",
  vitals: "vitals",
  lab: "lab",
  result: async (get) => `lab/${(await first(get, "ordered-tests?status=resulted&limit=1")).ordered_test_id}`,
  entry: async (get) => `lab/${(await first(get, "ordered-tests?status=waiting&limit=1")).ordered_test_id}`,
  "own-prescriptions": "record/prescriptions",
  "own-results": "record/results",
  paper: "settings/paper",
  slip: async (get) => `${await signed(get)}/print?paper=slip`,
  styleguide: "/styleguide",
};
const some = (...names) => Object.fromEntries(names.map((name) => [name, pages[name]]));

try {
  await walk(null, null, some("login", "styleguide"));
  await walk(null, "mr", some("login", "styleguide"));
  await walk("receptionist", null, some("queue", "found", "register", "chart", "documents", "token"));
  await walk("doctor", null, { "queue-doctor": pages.queue, ...some("consultation", "prescribe", "prescription", "sheet", "slip", "prescriptions", "templates", "result") });
  await walk("admin", null, some("figures", "risks", "imports", "staff", "invite", "settings", "catalogue", "me", "paper"));
  await walk("nurse", null, some("vitals"));
  await walk("lab_tech", null, some("lab", "entry"));
  await walk("patient", null, some("record", "own-prescriptions", "own-results"));
  await walk("receptionist", "hi", some("queue", "register", "found"));
  await walk("doctor", "mr", { "queue-doctor": pages.queue, ...some("consultation", "prescribe", "sheet") });
  await walk("admin", "hi", some("figures", "staff", "settings"));
} catch (error) {
  wrong.push(error.stack);
} finally {
  await browser.close();
}

const names = [...new Set(taken.map(({ name }) => name))];
const row = (name) => `<h2>${name}</h2><p>${taken.filter((shot) => shot.name === name)
  .map(({ file, width }) => `<a href="${file}"><img src="${file}" width="${width / 2}" alt="" loading="lazy"></a>`).join(" ")}</p>`;
writeFileSync(`${shots}/index.html`, `<!doctype html><meta charset="utf-8"><title>Pages</title>
<style>body{font:1rem system-ui;margin:2rem;background:#999}img{vertical-align:top;border:1px solid #555}</style>${names.map(row).join("\n")}`);
for (const what of wrong) console.error(`- ${what}`);
console.log(`${taken.length} pictures of ${names.length} pages: ${shots}/index.html`);
process.exitCode = wrong.length ? 1 : 0;

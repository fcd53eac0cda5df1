// Each role's day, on a wide and a narrow screen side by side; whatever is wrong on any page is said at the end.
//   node days.mjs <demo.json> <directory for pictures> [day …]
import { Person, browser, wrong } from "./person.mjs";

const DAYS = ["visit", "dark", "reception", "doctor", "keys", "nurse", "laboratory", "admin", "imports", "patient", "guest", "landlord", "plain", "dropped", "two", "wall", "names"];
const asked = process.argv.slice(4);

async function days(width) {
  for (const day of asked.length ? asked : DAYS) {
    const begun = Date.now();
    try {
      const { default: live } = await import(`./day-${day}.mjs`);
      await live(width);
    } catch (error) {
      wrong.push(`${day}, ${width} px: ${error.stack}`);
    }
    if (asked.length) console.log(`${day}, ${width} px: ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  }
}

await Promise.all([1280, 360].map(days));
await browser.close();
for (const what of wrong) console.error(`- ${what}`);
console.log(wrong.length ? `${wrong.length} things are wrong.` : `${Person.pictures} pages, nothing wrong.`);
process.exitCode = wrong.length ? 1 : 0;

// Names as long as they may be and written from the right: no page grows wider than its screen, nothing of the name
// is cut away, and what stands beside it keeps its order.
import assert from "node:assert/strict";
import { Person, arrival, at, program } from "./person.mjs";

export default async function names(width) {
  const long = await arrival(width, "W".repeat(90), { given_name: "Mn".repeat(50) });
  const urdu = await arrival(width, "خان", { given_name: "محمد اقبال", age_years: 40, birth_date: null });
  for (const [role, pages] of Object.entries({
    receptionist: ["today", "patients", "queue", "check-ins", `patients/${long.patient_id}`, `patients/${long.patient_id}/edit`, `visits/${long.visit_id}`],
    nurse: ["vitals"],
    doctor: ["queue", `visits/${long.visit_id}/consultation`, "tracking"],
  })) {
    const person = await Person.open(width, role);
    await person.signIn();
    for (const path of pages) {
      await person.go(path, `long name ${path.replace(/[0-9a-f-]{36}/, "id")}`);
      // Also where a page hides what is too wide, the name is whole.
      const cut = await person.page.evaluate(() => [...document.querySelectorAll("bdi")].filter((el) => {
        const box = el.getBoundingClientRect();
        return box.width > 0 && (box.right > innerWidth + 1 || el.scrollWidth > Math.ceil(box.width) + 1);
      }).map((el) => el.textContent));
      assert.deepEqual(cut, [], `${role} ${width} px ${path}`);
    }
    await person.close();
  }
  // Beside a name from the right, the number reads from the left: its digits stand in their order.
  const person = await Person.open(width, "doctor");
  await person.signIn();
  await person.go(`patients/${urdu.patient_id}`, "urdu name");
  assert.ok(await person.page.locator(".banner-who > bdi", { hasText: "محمد" }).count(), "the name stands for itself");
  const order = await person.page.evaluate(() => [...document.querySelector(".banner-who").children].map((el) => el.getBoundingClientRect())
    .every((box, i, all) => i === 0 || box.top > all[i - 1].top + 4 || box.left >= all[i - 1].right));
  assert.ok(order, "the banner reads from left to right");
  await person.close();

  const reception = await program(at(width), "receptionist");
  for (const { visit_id: visit } of [long, urdu]) {
    const seen = await reception.get(`visits/${visit}`);
    await reception.post(`visits/${visit}/moves`, { to: "cancelled", reason: "test of names" }, { "if-match": `"v${seen.version}"` });
  }
}

// The nurse measures one after the other, also where the connection is gone for a while.
import assert from "node:assert/strict";
import { Person, arrival } from "./person.mjs";

export default async function nurse(width) {
  const waiting = [await arrival(width, "Pulse"), await arrival(width, "Breath")];
  const person = await Person.open(width, "nurse");
  const { page } = person;
  await person.signIn();
  assert.ok(page.url().includes("/vitals"), `the nurse comes home to ${page.url()}`);
  await person.says(waiting[0].line, waiting[1].line);

  // Who checks in meanwhile appears by itself.
  const late = await arrival(width, "Late");
  await page.waitForFunction((line) => document.querySelector("main").innerText.includes(line), late.line);

  // One key takes the next who waits; nothing is typed with the mouse.
  const first = await page.locator("#next-title").innerText();
  await person.arrive(() => person.keys("o"), "measure");
  assert.ok((await page.locator(".banner").innerText()).includes(first), `${first} is next`);
  await person.focused("[name=systolic_mmhg]");
  await person.type("118");
  await person.tab("[name=diastolic_mmhg]");
  await person.type("76");
  await person.tab("[name=pulse_bpm]");
  await person.type("72");

  // The connection drops: it is said, nothing is sent, nothing is lost.
  await person.offline(async () => {
    await person.keys("Control+Enter");
    await page.waitForFunction(() => /nothing was sent/i.test(document.querySelector("main").innerText));
    await person.look("no connection");
    await person.holds({ systolic_mmhg: "118", diastolic_mmhg: "76", pulse_bpm: "72" });
  });
  await person.focused("[name=pulse_bpm]");
  await person.arrive(() => person.keys("Control+Enter"), "saved");
  await person.says("Vitals saved.");
  await person.focused("#next-open");
  await person.arrive(() => person.keys("Enter"), "the next");
  const second = await page.locator(".banner").innerText();
  assert.ok(!second.includes(first), "saved, and on to the next");

  // An omission is said where the next one is measured.
  await person.refused(422, () => person.arrive(() => person.keys("Control+Enter"), "nothing measured"));
  await person.fill({ temperature_c: "39.4", spo2_percent: "97" });
  await person.click("main .submit button:not(.primary)", "saved and stayed");
  await person.says("39.4", "97");
  await person.go("vitals", "queue of vitals");
  await person.says(/taken \d\d:\d\d/);

  // What is not a nurse's is not there.
  for (const path of ["prescriptions/new", "staff", "settings", "imports"]) {
    const reply = await person.context.request.get(`${person.home}/${path}`);
    assert.ok([403, 404].includes(reply.status()), `${path}: ${reply.status()}`);
  }
  await person.close();
}

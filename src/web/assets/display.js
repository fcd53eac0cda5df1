// The wall: as large as the screen is, and awake.
(() => {
  "use strict";
  const button = document.querySelector("[data-whole]");
  const awake = async () => { try { await navigator.wakeLock.request("screen"); } catch { /* the screen's own settings hold */ } };
  if (!document.hidden) awake();
  document.addEventListener("visibilitychange", () => { if (!document.hidden) awake(); });
  if (!button || !document.fullscreenEnabled) return;
  const show = () => { button.hidden = Boolean(document.fullscreenElement); };
  const whole = () => document.documentElement.requestFullscreen().catch(() => {});
  button.addEventListener("click", whole);
  document.addEventListener("keydown", (event) => { if (event.key === "f" && !event.ctrlKey && !event.metaKey) whole(); });
  document.addEventListener("fullscreenchange", show);
  show();
})();

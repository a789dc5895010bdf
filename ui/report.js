// Keeps what is typed into a report as a draft, a second after the last key and when the page is left.
// The page does all its work without it.
"use strict";
(() => {
  const form = document.querySelector("form.report");
  const said = document.getElementById("kept");
  let timer = 0, last = "";
  const body = () => new URLSearchParams(new FormData(form));
  const keep = async () => {
    const now = body();
    if (String(now) === last) return;
    try {
      const answer = await fetch("/reports/drafts", { method: "POST", body: now, credentials: "same-origin" });
      if (!answer.ok) return;
      last = String(now);
      said.textContent = said.dataset.kept;
    } catch { /* the network is away: the next key tries again */ }
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(keep, 1000); };
  form.addEventListener("input", later);
  let sent = false;
  form.addEventListener("submit", () => { sent = true; clearTimeout(timer); });
  addEventListener("pagehide", () => { if (!sent && timer) navigator.sendBeacon("/reports/drafts", body()); });
})();

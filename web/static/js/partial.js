// Refreshes parts of a form's page while it is filled in. Without this file every form works by its buttons.
// A form with data-partial is sent with the header X-Fragment; each [data-part] of the answer replaces its own.

const WAIT = 250;
let timer = 0;
let pending = null;

function names(form) {
  return new Set([...form.elements].map((field) => field.name).filter(Boolean));
}

function replace(answer) {
  const parts = new DOMParser().parseFromString(answer, "text/html").querySelectorAll("[data-part]");
  for (const part of parts) {
    if (part.parentElement.closest("[data-part]")) continue; // it comes with the part around it
    document.querySelector(`[data-part="${part.dataset.part}"]`)?.replaceWith(document.adoptNode(part));
  }
}

function say() {
  const line = document.querySelector("[data-say]");
  const region = document.querySelector("#announce");
  if (line && region) region.textContent = line.textContent.replace(/\s+/g, " ").trim();
}

async function refresh(form, what, button = "preview") {
  clearTimeout(timer);
  pending?.abort();
  pending = new AbortController();
  const body = new FormData(form);
  body.set("do", button);
  const before = names(form);
  const focused = document.activeElement?.name ?? "";
  try {
    const headers = { "X-Fragment": what };
    const answer = await fetch(form.action, { method: "POST", body, headers, signal: pending.signal });
    if (!answer.ok) return false;
    replace(await answer.text());
  } catch (fault) {
    return fault.name === "AbortError";
  }
  if (what === "form") refocus(form, before, focused);
  say();
  return true;
}

function refocus(form, before, focused) {
  const added = [...form.elements].find((field) => field.name && !before.has(field.name));
  const same = focused && focused !== "do" ? form.elements.namedItem(focused) : null;
  const target = added ?? same ?? form.querySelector("input:not([type=hidden]), select");
  if (target instanceof HTMLElement) target.focus();
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-partial]");
  if (!form || event.target.matches("[data-refresh]")) return;
  clearTimeout(timer);
  timer = setTimeout(() => refresh(form, "preview"), WAIT);
});

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-partial]");
  if (form && event.target.matches("[data-refresh]")) refresh(form, "form");
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  if (!form.matches("[data-partial]") || !button || button.value === "save") return;
  event.preventDefault();
  const what = button.value === "preview" ? "preview" : "form";
  if (!(await refresh(form, what, button.value))) form.submit();
});

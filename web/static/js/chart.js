// Puts the slice under the pointer or the focus into the centre of its ring, and its own words back afterwards.
// Without this file every slice still says its name and numbers by its title, and the table beside the ring has them.

const resting = new WeakMap();

function centre(ring) {
  const name = ring.querySelector("[data-ring-name]");
  const numbers = ring.querySelector("[data-ring-numbers]");
  if (!resting.has(name)) resting.set(name, [name.textContent, numbers.textContent]);
  return { name, numbers, rest: resting.get(name) };
}

function show(link) {
  const { name, numbers } = centre(link.closest("[data-ring]"));
  const title = link.querySelector("title").textContent;
  const colon = title.lastIndexOf(": "); // the numbers hold no colon, a name may
  name.textContent = title.slice(0, colon);
  numbers.textContent = title.slice(colon + 2);
}

function rest(ring) {
  const focused = ring.querySelector("a:focus");
  if (focused) return show(focused);
  const { name, numbers, rest: words } = centre(ring);
  [name.textContent, numbers.textContent] = words;
}

for (const kind of ["pointerover", "focusin"]) {
  document.addEventListener(kind, (event) => {
    const link = event.target.closest?.("[data-ring] svg a");
    if (link) show(link);
  });
}

for (const kind of ["pointerout", "focusout"]) {
  document.addEventListener(kind, (event) => {
    const ring = event.target.closest?.("[data-ring]");
    if (ring && event.target.closest("svg a")) rest(ring);
  });
}

// Elements without markup: text is only ever text.

export const $ = (id) => document.getElementById(id);

/** make("p.quiet", {title: "…"}, child, "text") */
export function make(kind, properties = {}, ...children) {
  const [name, ...classes] = kind.split(".");
  const element = document.createElement(name || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key.startsWith("--")) element.style.setProperty(key, value);
    else if (key in element && typeof value !== "string") element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export const milliseconds = (value) =>
  value >= 100 ? `${Math.round(value)} ms` : value >= 1 ? `${value.toFixed(1)} ms` : `${value.toFixed(2)} ms`;

/** A piece inside a word has no sharps for people. */
export const shown = (term) => (term.startsWith("##") ? "·" + term.slice(2) : term);

export const number = (value) => value.toLocaleString("en");

// Keys that work while nothing is being written.
import { $ } from "./dom.js";
import { browser } from "./storage.js";

/** @param actions {compare(), takeBack()} */
export function listen(actions) {
  const keys = $("keys");
  keys.checked = browser.get("keys") !== "off";
  keys.addEventListener("change", () => browser.set("keys", keys.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isWriting = event.target.matches("textarea, input, select");
    if (event.key === "Escape" && isWriting) return event.target.blur();
    if (isWriting || document.querySelector("dialog[open]")) return;
    // Who speaks to the computer, or hits keys unawares, can do without them.
    if (event.key.length === 1 && !keys.checked) return;
    const passage = document.activeElement?.closest(".passage");
    const work = {
      "/": () => $("question").focus(),
      "?": () => $("help").showModal(),
      j: () => move(1), ArrowDown: passage ? () => move(1) : null,
      k: () => move(-1), ArrowUp: passage ? () => move(-1) : null,
      e: passage && (() => { const why = passage.querySelector("details"); why.open = !why.open; }),
      a: passage && (() => passage.querySelector(".take")?.click()),
      c: actions.compare, z: actions.takeBack,
    }[event.key];
    if (!work) return;
    event.preventDefault();
    work();
  });
}

function move(step) {
  const passages = [...document.querySelectorAll(".passage")];
  const place = passages.indexOf(document.activeElement?.closest(".passage"));
  const next = passages[place < 0 ? 0 : Math.min(passages.length - 1, Math.max(0, place + step))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

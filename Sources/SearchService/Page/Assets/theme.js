// Light, dark, or as the system has it.
import { $ } from "./dom.js";
import { browser } from "./storage.js";

const NAMES = { system: "as the system", light: "light", dark: "dark" };

export function setUpTheme() {
  const order = Object.keys(NAMES);
  const kept = browser.get("theme");
  let theme = order.includes(kept) ? kept : "system";
  const apply = () => {
    document.documentElement.dataset.theme = theme;
    $("theme").setAttribute("aria-label", `Colours: ${NAMES[theme]}`);
    $("theme").title = `Colours: ${NAMES[theme]}`;
  };
  $("theme").addEventListener("click", () => {
    theme = order[(order.indexOf(theme) + 1) % order.length];
    browser.set("theme", theme);
    apply();
  });
  apply();
}

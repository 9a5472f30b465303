// Light, dark, or as the system has it.
import { $ } from "./dom.js";

const NAMES = { system: "as the system", light: "light", dark: "dark" };

export function setUpTheme() {
  let theme = localStorage.getItem("theme") ?? "system";
  const apply = () => {
    document.documentElement.dataset.theme = theme;
    $("theme").setAttribute("aria-label", `Colours: ${NAMES[theme]}`);
    $("theme").title = `Colours: ${NAMES[theme]}`;
  };
  $("theme").addEventListener("click", () => {
    const order = Object.keys(NAMES);
    theme = order[(order.indexOf(theme) + 1) % order.length];
    localStorage.setItem("theme", theme);
    apply();
  });
  apply();
}

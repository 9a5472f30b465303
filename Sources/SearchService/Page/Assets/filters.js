// Conditions on metadata: each field has one of the values that were picked for it.
import { $, make } from "./dom.js";

export class Filters {
  values = new Map();

  /** As the service takes them; null for none. */
  get request() {
    if (!this.values.size) return null;
    return Object.fromEntries([...this.values].map(([field, values]) => [field, [...values]]));
  }

  add(field, value) {
    if (!this.values.has(field)) this.values.set(field, new Set());
    this.values.get(field).add(value);
  }

  remove(field, value) {
    const values = this.values.get(field);
    values?.delete(value);
    if (!values?.size) this.values.delete(field);
  }

  clear() { this.values.clear(); }

  draw(changed) {
    const chips = [...this.values].flatMap(([field, values]) => [...values].map((value) =>
      make("button.filter", {
        type: "button", "aria-label": `Remove the filter ${field} ${value}`,
        onclick: () => { this.remove(field, value); changed(); },
      }, make("span.quiet", {}, field), ` ${value} `, make("span", { "aria-hidden": "true" }, "×"))));
    if (chips.length > 1) {
      chips.push(make("button.link", { type: "button", onclick: () => { this.clear(); changed(); } }, "all passages"));
    }
    $("filters").hidden = !chips.length;
    $("filters").replaceChildren(...(chips.length ? [make("span.quiet", {}, "Only"), ...chips] : []));
  }
}

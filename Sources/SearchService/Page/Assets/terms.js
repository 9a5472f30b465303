// The query as the encoder sees it: terms by the turn that they came from, and where the time went.
import { make, milliseconds, shown } from "./dom.js";

const COLOURS = 6;

/** The colour of a turn by how many turns ago it was; what stands around the words has none. */
export const colour = (age) => (age < 0 ? "var(--around)" : `var(--turn-${Math.min(age, COLOURS - 1)})`);

/** For each term the age of the turn that gave it its weight. */
export function ages(found, turns) {
  const newest = turns.at(-1);
  const map = new Map();
  for (const group of found.terms_by_turn) {
    const age = group.source === "message" ? newest - turns[group.message] : -1;
    for (const { term } of group.terms) map.set(term, age);
  }
  return map;
}

export function drawQuery(found, turns, isBrief = false) {
  const heaviest = Math.max(0.001, ...found.terms_by_turn.flatMap((group) => group.terms.map(({ weight }) => weight)));
  const groups = found.terms_by_turn.map((group) => drawGroup(group, turns, heaviest, isBrief ? 8 : 24));
  return make("section.query", { "aria-label": "What is searched for" },
    make("div.groups", {}, ...groups),
    found.query.truncated ? make("p.warning", {}, "The oldest words did not fit the model and were left out.") : null,
    drawTiming(found));
}

function drawGroup(group, turns, heaviest, most) {
  const newest = turns.at(-1);
  const isMessage = group.source === "message";
  const age = isMessage ? newest - turns[group.message] : -1;
  const name = !isMessage ? "Between the turns"
    : `${group.role === "assistant" ? "Answer" : "Question"} ${turns[group.message] + 1}`;
  const rest = group.terms.length - most;
  const chips = group.terms.map(({ term, weight }, place) =>
    make("li" + (place >= most ? ".more" : ""), {
      "--share": String(weight / heaviest), title: `${term}: weight ${weight.toFixed(3)}`,
    }, shown(term)));
  const list = make("ul.chips", {}, ...chips);
  return make("div.group", { "--turn": colour(age) },
    make("h3", {}, name, " ", make("span.quiet", {}, `${group.terms.length} ${group.terms.length === 1 ? "term" : "terms"}`)),
    list,
    rest > 0 ? make("button.link", {
      type: "button", "aria-expanded": "false",
      onclick: (event) => {
        const isOpen = list.classList.toggle("all");
        event.currentTarget.setAttribute("aria-expanded", String(isOpen));
        event.currentTarget.textContent = isOpen ? "fewer" : `${rest} more`;
      },
    }, `${rest} more`) : null);
}

function drawTiming(found) {
  const { queue_ms: queue, encode_ms: encode, search_ms: search, explain_ms: explain, total_ms: total } = found.timing;
  const rest = Math.max(0, total - queue - encode - search - explain);
  const stages = [["queue", queue], ["encode", encode], ["search", search], ["explain", explain], ["rest", rest]];
  const label = stages.map(([name, value]) => `${name} ${milliseconds(value)}`).join(", ");
  return make("div.timing", {},
    make("div.stages", { role: "img", "aria-label": label },
      ...stages.map(([name, value]) => make(`span.stage.${name}`, { "--part": String(value / Math.max(total, 0.001)) }))),
    make("ul.legend", {},
      ...stages.filter(([name]) => name !== "queue" || queue >= 0.05).map(([name, value]) =>
        make(`li.${name}`, {}, `${name} `, make("b", {}, milliseconds(value)))),
      make("li.total", {}, "total ", make("b", {}, milliseconds(total))),
      found.query.cached ? make("li.flag", { title: "The vector was known already" }, "known query") : null,
      make("li.flag", { title: `${found.index.postings_touched.toLocaleString("en")} postings, weights ${found.index.weights}` },
        found.index.exact ? "exact" : "approximate")));
}

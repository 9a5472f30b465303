// The right side: passages, why each was found, and the two queries side by side.
import { $, make, shown } from "./dom.js";
import { ages, colour, drawQuery } from "./terms.js";

/** @param actions {take(passage), filter(field, value)}; `take` is null for all turns but the last. */
export function drawOne(turn, turns, actions) {
  $("query").replaceChildren(drawQuery(turn.found, turns));
  $("list").className = "";
  $("list").replaceChildren(drawList(turn.found, turns, actions));
}

export function drawBoth(turn, turns, actions) {
  $("query").replaceChildren();
  $("list").className = "both";
  $("list").replaceChildren(
    make("section.side", { "aria-label": "Last turn alone" }, make("h2", {}, "Last turn alone"),
      drawQuery(turn.alone, turns, true), drawList(turn.alone, turns, actions, turn.found)),
    make("section.side", { "aria-label": "With the conversation" }, make("h2", {}, "With the conversation"),
      drawQuery(turn.found, turns, true), drawList(turn.found, turns, actions, turn.alone)));
}

const NOTHING = {
  unknown: "No word of the query is known to the encoder.", unshared: "No passage that may be found shares a term with the query.",
};

const nothing = (found) => (found.query.terms === 0 ? NOTHING.unknown : NOTHING.unshared);

/** What was found in a line, for whoever does not see it. */
export const summary = (found) => {
  const count = found.passages.length;
  return count ? `${count} ${count === 1 ? "passage" : "passages"}` : nothing(found);
};

function drawList(found, turns, actions, other = null) {
  if (!found.passages.length) {
    return make("p.nothing", {}, nothing(found));
  }
  const best = found.passages[0].score;
  const age = ages(found, turns);
  const ranks = other && new Map(other.passages.map((passage) => [passage.id, passage.rank]));
  return make("ol.passages", {}, ...found.passages.map((passage) => drawPassage(passage, best, age, ranks, actions)));
}

function drawPassage(passage, best, age, ranks, actions) {
  const title = passage.title || passage.id;
  // An index may be without texts.
  const hasText = typeof passage.text === "string";
  return make("li.passage", { tabindex: "-1", "data-id": passage.id },
    make("header", {},
      make("span.rank", { "aria-hidden": "true" }, String(passage.rank)),
      make("h3", {}, ...(passage.title ? marked(passage.title, passage.highlights?.title, passage, age) : [title])),
      ranks && change(passage, ranks),
      make("span.score", { "--share": String(passage.score / best), title: `Score ${passage.score}` }, passage.score.toFixed(2))),
    hasText ? make("p.text", {}, ...marked(passage.text, passage.highlights?.text, passage, age)) : null,
    make("footer", {},
      make("ul.metadata", {}, ...entries(passage).map(([field, value]) =>
        make("li", {}, make("button", {
          type: "button", title: "Only passages like this", onclick: () => actions.filter(field, value),
        }, make("span.quiet", {}, field), ` ${value}`)))),
      actions.take && hasText ? make("button.take", { type: "button", onclick: () => actions.take(passage) }, "Take as answer") : null),
    why(passage, age));
}

/** Values that a filter can ask for. */
function entries(passage) {
  return Object.entries(passage.metadata ?? {}).flatMap(([field, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((element) => ["string", "number", "boolean"].includes(typeof element) && String(element).length <= 60)
      .slice(0, 3).map((element) => [field, element])).slice(0, 6);
}

function change(passage, ranks) {
  const rank = ranks.get(passage.id);
  if (rank === undefined) return make("span.change.new", { title: "Not among the other's passages" }, "only here");
  const step = rank - passage.rank;
  if (step === 0) return make("span.change", { title: "The same rank on the other side" }, "same");
  return make("span.change" + (step > 0 ? ".up" : ".down"), { title: `Rank ${rank} on the other side` },
    `${step > 0 ? "▲" : "▼"} ${Math.abs(step)}`);
}

/** The text with its shared words marked in the colour of the turn that asked for them. */
function marked(text, places, passage, age) {
  const scalars = Array.from(text);
  const heaviest = Math.max(0.001, ...passage.explanation.map(({ contribution }) => contribution));
  const byWeight = new Map(passage.explanation.map(({ term, contribution }) => [contribution.toPrecision(5), term]));
  const parts = [];
  let end = 0;
  for (const place of places ?? []) {
    const share = place.weight / heaviest;
    // What adds next to nothing would only be noise.
    if (share < 0.12) continue;
    parts.push(scalars.slice(end, place.start).join(""));
    const term = byWeight.get(place.weight.toPrecision(5));
    parts.push(make("mark", {
      "--turn": colour(age.get(term) ?? -1), "--share": String(share.toFixed(2)),
      title: term ? `${term}: adds ${place.weight.toFixed(2)}` : undefined,
    }, scalars.slice(place.start, place.end).join("")));
    end = place.end;
  }
  parts.push(scalars.slice(end).join(""));
  return parts;
}

function why(passage, age) {
  const heaviest = Math.max(0.001, ...passage.explanation.map(({ contribution }) => contribution));
  const rows = passage.explanation.slice(0, 12).map((term) =>
    make("tr", { "--turn": colour(age.get(term.term) ?? -1) },
      make("th", { scope: "row" }, shown(term.term)),
      make("td.adds", { "--share": String(term.contribution / heaviest) }, make("span", {}, term.contribution.toFixed(2))),
      make("td.quiet", {}, `${term.query_weight.toFixed(2)} × ${term.passage_weight.toFixed(2)}`)));
  const rest = passage.explanation.length - rows.length;
  return make("details.why", {},
    make("summary", {}, `Why: ${passage.explanation.length} shared terms`),
    make("table", {}, make("thead.hidden", {}, make("tr", {}, make("th", {}, "Term"), make("th", {}, "Adds"), make("th", {}, "Query × passage"))),
      make("tbody", {}, ...rows)),
    rest > 0 ? make("p.quiet", {}, `and ${rest} lighter ones`) : null);
}

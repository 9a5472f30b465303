// The left side: questions, and the passages that the user took for answers.
import { $, make } from "./dom.js";
import { colour } from "./terms.js";

/** @param actions {show(place), takeBack(), forget(place)} */
export function drawChat(conversation, actions, info) {
  const list = $("turns");
  const focused = document.activeElement?.closest("#turns [data-turn]")?.dataset.turn;
  list.replaceChildren();
  if (!conversation.turns.length) list.append(welcome(info));
  conversation.turns.forEach((turn, place) => {
    const isShown = place === conversation.shown;
    list.append(
      make("li.turn" + (isShown ? ".shown" : ""), { "data-turn": String(place), "--turn": colour(conversation.shown - place) },
        make("button.question", {
          type: "button", "aria-current": isShown ? "true" : undefined, onclick: () => actions.show(place),
          title: isShown ? undefined : "Show the passages of this question",
        }, make("span.mark", {}, String(place + 1)), make("span", {}, turn.question)),
        turn.answer && answer(turn, () => actions.forget(place), place === conversation.turns.length - 1),
        place === conversation.turns.length - 1 &&
          make("button.link", { type: "button", onclick: actions.takeBack }, "Take this turn back") || null));
  });
  list.lastElementChild?.scrollIntoView({ block: "nearest" });
  // What had the focus was drawn anew, or is no longer there.
  if (focused) (list.querySelector(`[data-turn="${focused}"] .question`) ?? $("question")).focus({ preventScroll: true });
}

function answer(turn, forget, isLast) {
  return make("div.answer", {},
    make("p.quiet", {}, "Answer, out of ", make("cite", {}, turn.answer.source)),
    make("p", {}, turn.answer.text),
    isLast ? make("button.link", { type: "button", onclick: forget }, "Not this one") : null);
}

function welcome(info) {
  const count = info ? info.index.passages.toLocaleString("en") : "the";
  return make("li.welcome", {},
    make("h2", {}, "Ask, and ask on"),
    make("p", {}, `A question finds passages among ${count}. The next one may lean on it: “and how do I get it back?” The whole `
      + "conversation is the query; no language model rewrites it."),
    make("p.quiet", {}, info && !info.index.texts
      ? "Nothing here writes answers, and this index keeps no texts: passages are shown by their ids."
      : "Nothing here writes answers. Take a passage for the answer, and the conversation goes on from it."));
}

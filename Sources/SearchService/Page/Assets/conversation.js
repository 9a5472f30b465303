// The conversation and what was found for each of its questions. Nothing of it outlives the page.

/** One question with the answer that the user gave it, if any. */
class Turn {
  constructor(question) {
    this.question = question;
    this.answer = null; // {text, source}
    this.found = null; // the service's answer for the conversation
    this.alone = null; // and for the last turn
  }
}

export class Conversation {
  turns = [];
  /** The turn whose passages are shown. */
  shown = -1;

  get current() { return this.turns[this.shown] ?? null; }
  get last() { return this.turns.at(-1) ?? null; }

  ask(question) {
    this.turns.push(new Turn(question));
    this.shown = this.turns.length - 1;
    return this.current;
  }

  takeBack() {
    const turn = this.turns.pop();
    this.shown = this.turns.length - 1;
    return turn;
  }

  /** The messages up to the question of a turn, and for each message the turn that it belongs to. */
  upTo(place) {
    const messages = [];
    const turns = [];
    this.turns.slice(0, place + 1).forEach((turn, number) => {
      messages.push({ role: "user", content: turn.question });
      turns.push(number);
      if (turn.answer && number < place) {
        messages.push({ role: "assistant", content: turn.answer.text });
        turns.push(number);
      }
    });
    return { messages, turns };
  }
}

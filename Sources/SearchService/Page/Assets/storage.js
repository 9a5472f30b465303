// What the browser keeps for the page. Where it keeps nothing (storage is blocked, or full), the page does so while it is open.

class Store {
  #kind;
  #own = new Map();

  /** @param kind the name of the storage; to ask for it already throws where it is blocked. */
  constructor(kind) { this.#kind = kind; }

  get(key) {
    if (this.#own.has(key)) return this.#own.get(key);
    try { return globalThis[this.#kind].getItem(key); } catch { return null; }
  }

  set(key, value) {
    this.#own.set(key, value);
    try { globalThis[this.#kind].setItem(key, value); } catch { /* It is kept above. */ }
  }

  remove(key) {
    this.#own.delete(key);
    try { globalThis[this.#kind].removeItem(key); } catch { /* It was never there. */ }
  }
}

/** Until the tab is closed. */
export const tab = new Store("sessionStorage");
/** For the next visit too. */
export const browser = new Store("localStorage");

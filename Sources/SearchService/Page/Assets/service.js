// The two calls of this page, and the key where the service wants one.
import { $ } from "./dom.js";
import { tab } from "./storage.js";

export class Problem extends Error {
  constructor(document, status) {
    super(document?.detail ?? `the service answered ${status}`);
    this.title = document?.title ?? "Problem";
    this.field = document?.field;
    this.status = status;
  }

  /** The same request would be refused again. */
  get isFinal() { return this.status === 400 || this.status === 413; }
}

/**
 * @param path of the service, relative to the page: a proxy may have put both under a path of its own.
 * @param member what an answer of the service has; a proxy's page or an empty body has not.
 */
async function call(path, member, options = {}) {
  for (;;) {
    const key = tab.get("key");
    const fields = key ? { authorization: `Bearer ${key}` } : {};
    let response;
    try {
      response = await fetch(path, { ...options, headers: { ...fields, ...options.headers }, credentials: "omit" });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Problem({ title: "No answer", detail: "the service cannot be reached" });
    }
    if (response.status === 401) {
      await askForKey(key);
      continue;
    }
    const document = await response.json().catch((error) => {
      if (error.name === "AbortError") throw error;
      return null;
    });
    if (!response.ok) throw new Problem(document, response.status);
    if (!document?.[member]) throw new Problem({ title: "No answer", detail: "what came back is no answer of this service" });
    return document;
  }
}

export const info = () => call("v1/info", "index");

export const search = (request, signal) =>
  call("v1/search", "passages", {
    method: "POST", signal, body: JSON.stringify(request), headers: { "content-type": "application/json" },
  });

let asking = null;

/** One dialog for whatever was refused meanwhile. @param refused the key that was not taken, if any was sent. */
function askForKey(refused) {
  // Another call has got a newer one.
  if (!asking && tab.get("key") !== refused) return null;
  asking ??= openDialog(Boolean(refused)).finally(() => { asking = null; });
  return asking;
}

function openDialog(isRefused) {
  return new Promise((resolve, reject) => {
    const dialog = $("key");
    const input = $("key-value");
    tab.remove("key");
    $("key-refused").textContent = isRefused ? "The service does not take the key that it was given. Is there another one?" : "";
    input.value = "";
    input.setCustomValidity("");
    // What is not ASCII, a pasted dash or quotation mark, is no key, and no header of a request can hold it.
    input.oninput = () => input.setCustomValidity("");
    $("key-form").onsubmit = (event) => {
      event.preventDefault();
      const key = input.value.trim();
      if (!/^[!-~]+$/.test(key)) {
        input.setCustomValidity("A key is of letters, digits and _ alone.");
        input.reportValidity();
        return;
      }
      tab.set("key", key);
      input.value = "";
      dialog.close("given");
      resolve();
    };
    dialog.onclose = () => {
      if (dialog.returnValue !== "given") reject(new Problem({ title: "No key", detail: "the service wants a key" }));
      dialog.returnValue = "";
    };
    dialog.showModal();
  });
}

"""Drives the service's page in Chromium as a person would: drive_page.py URL [FOLDER for screenshots]

Prints one line for each thing that is not as it should be, and exits 1 if there was any.
"""

import json
import os
import re
import sys

from playwright.sync_api import expect, sync_playwright

URL = sys.argv[1]
FOLDER = sys.argv[2] if len(sys.argv) > 2 else None
FIRST, SECOND = (os.environ.get("QUESTIONS") or "How do I undo a commit?|and a branch?").split("|")
faults = []
# What is waited for comes late on a machine that others keep busy; what is not to be there is looked for at once.
PATIENCE = 120_000
expect.set_options(timeout=PATIENCE)


def check(what, is_so):
    if not is_so:
        faults.append(what)


def watch(page):
    # A refusal is in the console as well; it is checked by what the page says of it.
    page.on("console", lambda line: faults.append(f"console: {line.text}")
            if line.type == "error" and not re.search("status of (400|401|503)", line.text) else None)
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))


def ask(page, question):
    page.fill("#question", question)
    page.keyboard.press("Enter")
    expect(page.locator("#turns .turn.shown .question")).to_contain_text(question)
    expect(page.locator("#results")).to_have_attribute("aria-busy", "false")


def open_page(browser, **options):
    page = browser.new_page(**options)
    page.set_default_timeout(PATIENCE)
    return page


def shoot(page, name):
    if FOLDER:
        page.screenshot(path=f"{FOLDER}/{name}.png", full_page=False)


def drive(page):
    page.goto(URL)
    expect(page.locator("#served")).to_contain_text("passages")
    check("the question has the focus at the beginning", page.evaluate("document.activeElement.id") == "question")
    shoot(page, "start")
    ask(page, FIRST)
    first = page.locator(".passage").first
    expect(first).to_be_visible()
    check("a passage marks shared words", first.locator("mark").count() > 0)
    check("terms are shown by turn", page.locator("#query .group").count() >= 1)
    check("the time is shown by stage", page.locator("#query .legend .search").count() == 1)

    # A passage for the answer, and on.
    first.locator(".take").click()
    expect(page.locator(".answer")).to_be_visible()
    check("after an answer one goes on writing", page.evaluate("document.activeElement.id") == "question")
    ask(page, SECOND)
    check("terms come from three messages", page.locator("#query .group h3").filter(has_text="Answer 1").count() == 1)
    shoot(page, "second")

    # Keys alone.
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    check("j goes to the first passage", page.evaluate("document.activeElement.matches('.passage')"))
    text = page.inner_text(".passage:focus .text")
    page.keyboard.press("e")
    check("e says why", page.locator(".passage details[open]").count() == 1)
    check("no blank is lost between marks", page.inner_text(".passage:focus .text") == text)
    shoot(page, "why")
    page.keyboard.press("c")
    expect(page.locator(".side")).to_have_count(2)
    expect(page.locator("#results")).to_have_attribute("aria-busy", "false")
    check("one side has the last turn's terms alone", page.locator(".side").first.locator(".group").count() >= 1
          and page.locator(".side").first.locator("h3", has_text="Question 1").count() == 0
          and page.locator(".side").first.locator("h3", has_text="Question 2").count() == 1)
    shoot(page, "both")
    page.keyboard.press("c")
    page.keyboard.press("z")
    expect(page.locator("#turns .turn")).to_have_count(1)
    check("the question that was taken back can be changed", page.input_value("#question") == SECOND)
    check("the answer before it stays", page.locator(".answer").count() == 1)
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")

    # A filter narrows what is found, and goes away again.
    chip = page.locator(".metadata button").first
    if chip.count():
        chip.click()
        expect(page.locator("#filters .filter")).to_have_count(1)
        expect(page.locator("#results")).to_have_attribute("aria-busy", "false")
        page.locator("#filters .filter").click()
        expect(page.locator("#filters .filter")).to_have_count(0)

    # Text is text, whatever it looks like.
    ask(page, "<img src=x onerror=alert(1)> commit")
    check("markup in a question stays text", page.locator("#turns img").count() == 0)

    # A key that is none is not kept, and who has none gets the page back.
    page.route("**/v1/search", lambda route: route.fulfill(status=401, body="{}"))
    page.fill("#question", FIRST + " again")
    page.keyboard.press("Enter")
    expect(page.locator("#key")).to_be_visible()
    page.fill("#key-value", "parlance–key")
    page.locator("#key-value").press("Enter")
    expect(page.locator("#key")).to_be_visible()
    check("a key that is none is not kept", page.evaluate("sessionStorage.getItem('key')") is None)
    page.locator("#key-value").press("Escape")
    expect(page.locator("#results")).to_have_attribute("aria-busy", "false")
    check("without a key that is said", "key" in page.inner_text("#problem"))
    page.unroute("**/v1/search")
    ask(page, FIRST + " again")

    page.click("#theme")
    page.click("#theme")
    check("the dark colours are dark", page.evaluate(
        "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).every((part) => part < 60)"))
    page.reload()
    check("the choice of colours is kept", page.evaluate("document.documentElement.dataset.theme") == "dark")
    page.click("#theme")


def changed(change):
    """What the service says, in part: of another service than this one."""
    def answer(route):
        response = route.fetch()
        document = response.json()
        change(document)
        route.fulfill(response=response, json=document)
    return answer


def refused(status, **problem):
    return lambda route: route.fulfill(
        status=status, content_type="application/problem+json", body=json.dumps({"status": status} | problem))


def newcomer(browser, routes=(), script=None):
    """The page as somebody else finds it, with other answers at some paths; beside it the searches that it asks for."""
    page = open_page(browser, viewport={"width": 1280, "height": 860})
    watch(page)
    searches = []
    page.on("request", lambda request: searches.append(request.post_data_json) if request.url.endswith("/v1/search") else None)
    if script:
        page.add_init_script(script)
    for path, answer in routes:
        page.route("**" + path, answer)
    page.goto(URL)
    return page, searches


def ask_held(page, question):
    """Asks a question that is not answered yet."""
    held = []
    page.route("**/v1/search", lambda route: held.append(route), times=1)
    page.fill("#question", question)
    page.keyboard.press("Enter")
    while not held:
        page.wait_for_timeout(10)
    return held[0]


def failures(browser):
    """A question that fails has no passages, least of all those of the one before."""
    page, _ = newcomer(browser)
    ask(page, FIRST)
    route = ask_held(page, SECOND)
    check("passages stay while others are on the way", page.locator(".passage").count() > 0)
    check("nothing can be done with them", page.evaluate(
        "document.querySelector('#list').inert && document.querySelector('#query').inert"))
    refused(503, title="Out of time", detail="the answer was not ready")(route)
    expect(page.locator("#problem")).to_contain_text("the answer was not ready")
    check("a failed question has no passages", page.locator(".passage").count() == 0)
    check("a failed question has no terms", page.locator("#query > *").count() == 0)

    # It fails again, by what a proxy may say, and is answered then.
    page.route("**/v1/search", lambda route: route.fulfill(status=200, content_type="text/html", body="<p>Log in"))
    page.click("#problem button")
    expect(page.locator("#problem")).to_contain_text("no answer of this service")
    check("what failed again has the focus where it was", page.evaluate("document.activeElement.matches('#problem button')"))
    page.unroute("**/v1/search")
    page.click("#problem button")
    expect(page.locator(".passage").first).to_be_visible()
    check("what was mended is no problem", page.locator("#problem").is_hidden())
    check("the focus goes to what was found", page.evaluate("document.activeElement.id") == "results")
    check("passages that are there can be used", not page.evaluate("document.querySelector('#list').inert"))

    overtaken = ask_held(page, FIRST)
    route = ask_held(page, SECOND)
    check("a question that was overtaken is no problem", page.locator("#problem").is_hidden())
    check("another one is still asked for", page.get_attribute("#results", "aria-busy") == "true")
    overtaken.abort()
    route.continue_()
    expect(page.locator("#results")).to_have_attribute("aria-busy", "false")
    check("the other one is answered", page.locator(".passage").count() > 0)
    page.close()


def limits(browser):
    """No more is asked for than the service gives."""
    for most, chosen in ((3, "3"), (7, "7"), (30, "10")):
        page, searches = newcomer(browser, [("/v1/info", changed(lambda info: info["limits"].update(k=most, messages=2)))])
        expect(page.locator("#served")).to_contain_text("passages")
        ask(page, FIRST)
        check(f"of at most {most} passages {chosen} are asked for", searches[-1].get("k") == int(chosen))
        check(f"of at most {most} passages {chosen} are shown as chosen", page.input_value("#depth") == chosen)
        check(f"no more than {most} can be chosen", page.evaluate(
            "most => [...document.querySelectorAll('#depth option')].every((one) => one.disabled === Number(one.value) > most)", most))
        if most == 30:
            page.locator(".take").first.click()
            page.route("**/v1/search", refused(
                400, title="Invalid request", detail="expected 1 to 2 elements, found 3", field="messages"))
            ask(page, SECOND)
            said = page.inner_text("#problem")
            check(f"too long a conversation is called that: {said}", "Too long a conversation: it has 3 messages" in said
                  and "2 at most" in said and "elements" not in said)
            check("what would be refused again is not offered", page.locator("#problem button").count() == 0)
        page.close()


def unknown(browser):
    """Without word of what is served the service's own form and depth are taken, and it is asked again."""
    page, searches = newcomer(browser, [("/v1/info", refused(503, title="Not now", detail="come again"))])
    expect(page.locator("#problem")).to_contain_text("come again")
    ask(page, FIRST)
    check("no form overrides what is not known", "form" not in searches[-1] and "k" not in searches[-1])
    check("no form is offered either", page.locator("#form").is_hidden())
    page.unroute("**/v1/info")
    page.route("**/v1/info", changed(lambda info: info["encoder"].update(form="user-turns")))
    ask(page, SECOND)
    expect(page.locator("#served")).to_contain_text("passages")
    check("the form of the model is shown", page.input_value("#form") == "user-turns")
    ask(page, FIRST)
    check("the form of the model is asked for", searches[-1].get("form") == "user-turns")
    page.close()


def keys(browser):
    """A wrong key is called wrong; after a right one it is known what is served."""
    def gate(route):
        is_right = route.request.headers.get("authorization") == "Bearer right"
        return route.continue_() if is_right else route.fulfill(status=401, body="{}")

    page, searches = newcomer(browser, [("/v1/**", gate)])
    expect(page.locator("#key")).to_be_visible()
    check("a first key is not called wrong", page.inner_text("#key-refused") == "")
    page.fill("#key-value", "wrong")
    page.locator("#key-value").press("Enter")
    expect(page.locator("#key-refused")).to_contain_text("does not take the key")
    check("a wrong key is not kept", page.evaluate("sessionStorage.getItem('key')") is None)
    page.locator("#key-value").press("Escape")
    expect(page.locator("#problem")).to_contain_text("key")
    page.fill("#question", FIRST)
    page.keyboard.press("Enter")
    expect(page.locator("#key")).to_be_visible()
    check("a key that was not given is not called wrong", page.inner_text("#key-refused") == "")
    page.fill("#key-value", "right")
    page.locator("#key-value").press("Enter")
    expect(page.locator(".passage").first).to_be_visible()
    expect(page.locator("#served")).to_contain_text("passages")
    check("the form of the model was not overridden", "form" not in searches[-1])
    page.close()


def texts(browser):
    """An index without texts has no answers to take."""
    def strip(found):
        for passage in found["passages"]:
            for member in ("title", "text", "highlights", "metadata"):
                passage.pop(member, None)

    page, _ = newcomer(browser, [("/v1/search", changed(strip))])
    ask(page, FIRST)
    check("passages without texts are shown", page.locator(".passage").count() > 0)
    check("without a text there is no answer to take", page.locator(".take").count() == 0)
    for key in ("Escape", "j", "a"):
        page.keyboard.press(key)
    check("without a text none is taken", page.locator(".answer").count() == 0)
    page.close()


def storage(browser):
    """The page goes where a browser keeps nothing for it."""
    page, _ = newcomer(browser, script="""
        for (const kind of ["localStorage", "sessionStorage"]) {
          Object.defineProperty(window, kind, { get() { throw new DOMException("denied", "SecurityError"); } });
        }""")
    expect(page.locator("#served")).to_contain_text("passages")
    ask(page, FIRST)
    check("passages are found without storage", page.locator(".passage").count() > 0)
    page.click("#theme")
    page.click("#theme")
    check("colours are chosen without storage", page.evaluate("document.documentElement.dataset.theme") == "dark")
    page.close()


def folder(browser):
    """A proxy may give the service a folder of its host."""
    def pass_on(route):
        path = route.request.url.removeprefix(URL)
        check(f"{path} is asked for in the folder", path.startswith("/search/"))
        route.continue_(url=URL + path.removeprefix("/search"))

    page = open_page(browser)
    watch(page)
    page.route("**/*", pass_on)
    page.goto(URL + "/search/")
    expect(page.locator("#served")).to_contain_text("passages")
    ask(page, FIRST)
    check("passages are found from a folder", page.locator(".passage").count() > 0)
    page.close()


def luminance(colour):
    """Of #rgb or #rrggbb, as WCAG 2 reckons."""
    digits = colour.strip().lstrip("#")
    digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    parts = [int(digits[place:place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def access(browser):
    """For eyes, ears and hands of all kinds."""
    page, _ = newcomer(browser)
    ask(page, FIRST)
    expect(page.locator("[role=status]")).to_have_text(re.compile(r"^\d+ passages? for “" + re.escape(FIRST)))
    check("passages are not read out", page.locator("#results[aria-live], #results [aria-live]").count() == 0)
    check("what has a name has a role", page.locator("div[aria-label]:not([role]), span[aria-label]:not([role])").count() == 0)
    page.focus("#turns .question")
    page.keyboard.press("Enter")
    expect(page.locator("#results")).to_have_attribute("aria-busy", "false")
    check("a question that was chosen keeps the focus", page.evaluate("document.activeElement.matches('#turns .question')"))

    # A draft is not lost for a question that is taken back.
    page.fill("#question", "a draft")
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    expect(page.locator("#turns .turn")).to_have_count(0)
    check("a draft stays", page.input_value("#question") == "a draft")

    # Keys that are hit unawares can be switched off, for good.
    page.keyboard.press("?")
    page.locator("#keys").uncheck()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    page.keyboard.press("?")
    check("keys that are off do nothing", page.locator("#help").is_hidden())
    page.reload()
    expect(page.locator("#served")).to_contain_text("passages")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    check("keys that are off stay off", page.locator("#help").is_hidden())
    page.click("#help-open")
    page.locator("#keys").check()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    check("keys that are on again work", page.locator("#help").is_visible())

    names = ["text", "quiet", "accent", "warning", "fault", "around"] + [f"turn-{age}" for age in range(6)]
    pairs = [(name, ground) for name in names for ground in ("card", "ground")] + [("on-accent", "accent"), ("fault", "fault-ground")]
    for colours in ("light", "dark"):
        page.emulate_media(color_scheme=colours)
        for pair in pairs:
            darker, lighter = sorted(luminance(page.evaluate(
                "name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`)", name)) for name in pair)
            contrast = (lighter + 0.05) / (darker + 0.05)
            check(f"{colours}: {pair[0]} on {pair[1]} has a contrast of {contrast:.2f} alone", contrast >= 4.5)
    page.close()


def phone(browser):
    page = open_page(browser, viewport={"width": 360, "height": 740}, has_touch=True)
    watch(page)
    page.goto(URL)
    ask(page, FIRST)
    check("nothing is wider than a phone", page.evaluate("document.documentElement.scrollWidth") <= 360)
    check("the head of the page is one line", page.locator("body > header").bounding_box()["height"] < 60)
    page.set_viewport_size({"width": 360, "height": 400})
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    check("the question stays in reach", page.locator("#question").bounding_box()["y"] >= 0)
    page.close()


def pictures(browser):
    for width in (390, 900, 1440):
        for colours in ("light", "dark"):
            page = open_page(browser, viewport={"width": width, "height": 900}, color_scheme=colours)
            page.goto(URL)
            ask(page, FIRST)
            page.locator(".take").first.click()
            ask(page, SECOND)
            shoot(page, f"{colours}-{width}")
            page.close()


def main():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"], timeout=PATIENCE)
        page = open_page(browser, viewport={"width": 1280, "height": 860})
        outside = []
        page.on("request", lambda request: outside.append(request.url) if not request.url.startswith(URL) else None)
        watch(page)
        drive(page)
        check(f"no request leaves this service, found {outside}", not outside)
        for part in (failures, limits, unknown, keys, texts, storage, folder, access, phone):
            part(browser)
        if FOLDER:
            pictures(browser)
        browser.close()
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()

"""Drives the service's page in Chromium as a person would: drive_page.py URL [FOLDER for screenshots]

Prints one line for each thing that is not as it should be, and exits 1 if there was any.
"""

import os
import sys

from playwright.sync_api import expect, sync_playwright

URL = sys.argv[1]
FOLDER = sys.argv[2] if len(sys.argv) > 2 else None
FIRST, SECOND = (os.environ.get("QUESTIONS") or "How do I undo a commit?|and a branch?").split("|")
faults = []


def check(what, is_so):
    if not is_so:
        faults.append(what)


def ask(page, question):
    page.fill("#question", question)
    page.keyboard.press("Enter")
    expect(page.locator("#turns .turn.shown .question")).to_contain_text(question)
    expect(page.locator("#results")).to_have_attribute("aria-busy", "false")


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
    page.keyboard.press("e")
    check("e says why", page.locator(".passage details[open]").count() == 1)
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


def phone(browser):
    page = browser.new_page(viewport={"width": 360, "height": 740}, has_touch=True)
    page.goto(URL)
    ask(page, FIRST)
    check("nothing is wider than a phone", page.evaluate("document.documentElement.scrollWidth") <= 360)
    page.close()


def pictures(browser):
    for width in (390, 900, 1440):
        for colours in ("light", "dark"):
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=colours)
            page.goto(URL)
            ask(page, FIRST)
            page.locator(".take").first.click()
            ask(page, SECOND)
            shoot(page, f"{colours}-{width}")
            page.close()


def main():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        outside = []
        page.on("request", lambda request: outside.append(request.url) if not request.url.startswith(URL) else None)
        page.on("console", lambda line: faults.append(f"console: {line.text}") if line.type == "error" and "401" not in line.text else None)
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        drive(page)
        check(f"no request leaves this service, found {outside}", not outside)
        phone(browser)
        if FOLDER:
            pictures(browser)
        browser.close()
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()

"""Reads the output of `swift test` and closes with 'N passed, N failed, N skipped': count-tests.py < LOG

Fails when nothing ran, and when a test was skipped for want of what continuous integration has: the engine, the demo
model, the judges.
"""

import re
import sys

LINE = re.compile(r'^\W*(?P<kind>Test|Suite) (?!run |case )(?P<name>"(?:[^"\\]|\\.)*"|\S+) (?:with \d+ test cases? )?(?P<outcome>passed|failed|skipped)(?P<rest>.*)')
REQUIRED = re.compile(r"engine|judge|python|demo model|splade-tiny", re.IGNORECASE)


def main():
    outcomes = {"passed": 0, "failed": 0, "skipped": 0}
    wanting = []
    for line in sys.stdin:
        found = LINE.match(line)
        if found and (found["kind"] == "Test" or found["outcome"] == "skipped"):
            outcomes[found["outcome"]] += 1
            if found["outcome"] == "skipped":
                print("skipped:", found["name"], found["rest"].lstrip(": "))
                if REQUIRED.search(found["rest"]):
                    wanting.append(found["name"])
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**outcomes))
    if wanting:
        sys.exit("error: skipped for want of the engine, the demo model or a judge: " + ", ".join(wanting))
    if not outcomes["passed"]:
        sys.exit("error: no test ran")


if __name__ == "__main__":
    main()

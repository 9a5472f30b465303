"""Reads the output of `swift test` and closes with 'N passed, N failed, N skipped': count-tests.py [TESTS] < LOG

Fails when nothing ran, when a test was skipped for want of what continuous integration has (the engine, the demo model,
the judges), and when a suite or test that needs one of these did not pass, say because it was not built or filtered away.
Which these are is read from the sources below TESTS, the package's own tests if left out.
"""

import pathlib
import re
import sys

LINE = re.compile(r'^\W*(?P<kind>Test|Suite) (?!run |case )(?P<name>"(?:[^"\\]|\\.)*"|\S+) (?:with \d+ test cases? )?(?P<outcome>passed|failed|skipped)(?P<rest>.*)')
REQUIRED = re.compile(r"engine|judge|python|demo model|demoModel|splade-tiny", re.IGNORECASE)
# A named suite or test, with its traits, up to what it stands before.
DECLARED = re.compile(r'@(?:Suite|Test)\(\s*(?P<name>"(?:[^"\\]|\\.)*")(?P<traits>.*?)\n *(?:@|\w+ )*(?:struct|class|enum|func) ', re.DOTALL)
CONDITION = re.compile(r"\.enabled\(\s*if: (?P<condition>[^,)]*)")


def conditional(folder):
    """The names, in quotation marks, of the suites and tests that need the engine, the demo model or a judge."""
    names = {}
    for path in sorted(pathlib.Path(folder).rglob("*.swift")):
        for declared in DECLARED.finditer(path.read_text(encoding="utf-8")):
            condition = CONDITION.search(declared["traits"])
            if condition and REQUIRED.search(condition["condition"]):
                names[declared["name"]] = path.name
    return names


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent / "Tests"
    absent = conditional(folder)
    if not absent:
        sys.exit(f"error: no test below {folder} needs the engine or a judge; is this the folder of the tests?")
    outcomes = {"passed": 0, "failed": 0, "skipped": 0}
    wanting = []
    for line in sys.stdin:
        found = LINE.match(line)
        if not found:
            continue
        if found["outcome"] == "passed":
            absent.pop(found["name"], None)
        if found["kind"] == "Test" or found["outcome"] == "skipped":
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
    if absent:
        sys.exit("error: did not pass: " + ", ".join(f"{name} of {file}" for name, file in absent.items()))


if __name__ == "__main__":
    main()

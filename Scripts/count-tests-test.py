"""Tests count-tests.py: count-tests-test.py"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = '''
@Suite("the model", .enabled(if: TestSupport.engine != nil, "the engine is not built"), .serialized)
struct ModelTests {
  @Test(
    "rows are the judge's",
    .enabled(if: TestSupport.judgePython != nil, "the judges are not installed"),
    arguments: [1, 2])
  @MainActor private func rows(number: Int) {}

  @Test("a plain one") func plain() {}

  @Test("needs a compiler", .enabled(if: Compiler.path != nil, "no C compiler"))
  func compiler() {}
}
'''
WHOLE = [
    "◇ Test run started.",
    '✔ Test "rows are the judge\'s" with 2 test cases passed after 0.1 seconds.',
    '✔ Test case passing 1 argument number → 1 to "rows are the judge\'s" passed after 0.1 seconds.',
    '✔ Test "a plain one" passed after 0.1 seconds.',
    '➜ Test "needs a compiler" skipped: "no C compiler"',
    '✔ Suite "the model" passed after 0.1 seconds.',
    "✔ Test run with 3 tests in 1 suite passed after 0.1 seconds.",
]


class CountTests(unittest.TestCase):
    def count(self, lines, source=SOURCE):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "ModelTests.swift").write_text(source, encoding="utf-8")
            done = subprocess.run(
                [sys.executable, HERE / "count-tests.py", folder], input="\n".join(lines), capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    def without(self, part):
        kept = [line for line in WHOLE if part not in line]
        assert len(kept) < len(WHOLE)
        return kept

    def test_whole(self):
        code, out, err = self.count(WHOLE)
        self.assertEqual((code, err), (0, ""))
        self.assertTrue(out.endswith("2 passed, 0 failed, 1 skipped\n"), out)

    def test_suite_of_the_engine_missing(self):
        code, _, err = self.count(self.without('Suite "the model"'))
        self.assertEqual(code, 1)
        self.assertIn('did not pass: "the model" of ModelTests.swift', err)

    def test_test_of_a_judge_missing(self):
        code, _, err = self.count(self.without("rows are the judge's"))
        self.assertEqual(code, 1)
        self.assertIn('did not pass: "rows are the judge\'s"', err)

    def test_others_may_be_missing(self):
        self.assertEqual(self.count(self.without("a plain one"))[0], 0)

    def test_skipped_for_want_of_the_engine(self):
        code, _, err = self.count(WHOLE[:-2] + ['➜ Suite "the model" skipped: "the engine is not built"'])
        self.assertEqual(code, 1)
        self.assertIn('for want of the engine, the demo model or a judge: "the model"', err)

    def test_nothing_ran(self):
        self.assertIn("no test ran", self.count([])[2])

    def test_folder_without_such_tests(self):
        self.assertIn("is this the folder of the tests?", self.count(WHOLE, source="")[2])


if __name__ == "__main__":
    unittest.main()

"""What mutants.py changes in a source, and what it leaves alone. Nothing is built."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import mutants

# A line, and what it becomes, one mutant at a time.
CHANGES = (
    ("if (a < b) f();", ["if (a <= b) f();"]),
    ("if (a >= b) f();", ["if (a > b) f();"]),
    ("if (a == b || c) f();", ["if (a != b || c) f();", "if (a == b && c) f();"]),
    ("while (!is_end()) f(true);", ["while (is_end()) f(true);", "while (!is_end()) f(false);"]),
    ("at += a - b;", ["at -= a - b;", "at += a + b;"]),
    ("f(9, 0x7FU, 1'000, a2);", ["f(10, 0x7FU, 1'000, a2);", "f(9, 0x80U, 1'000, a2);", "f(9, 0x7FU, 1001, a2);"]),
    ("bool f() { return g(x); }", ["bool f() { return !(g(x)); }"]),
    ("bool A::f(B b) const noexcept { return b; }", ["bool A::f(B b) const noexcept { return !(b); }"]),
    ("bool f() { return true; }", ["bool f() { return false; }"]),
)

# Signs that only look like operators, and code that the compiler, or nobody, should check.
LEFT_ALONE = (
    "// a < b, and 1",
    "/* a < b\n   1 */",
    'f("a < b, and 1 // \\" 1");',
    "f(R\"x(a \" < 1)x\");",
    "f('1', U'\\0', '\\'', '\"'); // 1",
    "#include <a/1.h>",
    "static_assert(a < 1 &&\n              b);",
    "BEIAN_ASSERT(a < 1);",
    "template <class T, std::size_t N = 1>",
    "constexpr Row kRows[] = {{\"MD5\", 16},\n                         {\"SHA-1\", 20}};",
    "std::vector<T> f(T&& a, const T* b);",
    "auto operator<=>(const T&) const = default;",
    "bool f();\nint g() { return x; }",
    "--i, ++j, p->q(-a);",
)


def changed(text):
    return [mutants.planted(mutant, text) for mutant in mutants.mutants_of("a.cc", text)]


class Mutants(unittest.TestCase):
    def test_each_operator_changes_in_turn(self):
        for text, want in CHANGES:
            with self.subTest(text):
                self.assertEqual(changed(text), want)

    def test_what_is_no_code_stays(self):
        for text in LEFT_ALONE:
            with self.subTest(text):
                self.assertEqual(changed(text), [])

    def test_code_beside_text_changes(self):
        self.assertEqual(changed('f("1 < 2", a < b);  // 1 < 2'), ['f("1 < 2", a <= b);  // 1 < 2'])
        self.assertEqual(changed("constexpr int kMax = 7;"), ["constexpr int kMax = 8;"])

    def test_what_lambdas_return_ends_where_it_ends(self):
        text = "bool f() {\n  return any(a, [](char c) { return g(c); });\n}"
        self.assertEqual(changed(text), [text.replace("any(a, [](char c) { return g(c); })",
                                                      "!(any(a, [](char c) { return g(c); }))"),
                                         text.replace("return g(c)", "return !(g(c))")])

    def test_change_is_shown_by_the_first_line_that_changes(self):
        text = "bool f() {\n  return a &&\n         g(b);\n}"
        shown = [mutants.shown(mutant, text) for mutant in mutants.mutants_of("a.cc", text)]
        self.assertEqual(shown, [(2, "return a && -> return !(a &&"), (2, "return a && -> return a ||")])

    def test_only_what_has_a_reason_is_listed(self):
        text = "# A comment.\n\na.cc: x -> y\n  Why.\nb.cc: x -> y\n\nc.cc: 1 -> 2\n  Why,\n  at length.\n"
        self.assertEqual(mutants.listed(text), {"a.cc: x -> y", "c.cc: 1 -> 2"})

    def test_core_has_places(self):
        for folder in ("cache/filing", "gate/decision"):
            with self.subTest(folder):
                path = next((mutants.ROOT / folder).glob("*.cc"))
                self.assertTrue(mutants.mutants_of(str(path), path.read_text(encoding="utf-8")))


if __name__ == "__main__":
    unittest.main()

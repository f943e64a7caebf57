#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The checks find what they are for, and nothing else."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import check_coroutines  # noqa: E402
import check_docs  # noqa: E402
import check_layers  # noqa: E402
import check_names  # noqa: E402
import doxygen_comments  # noqa: E402

BAD = [
    'co_await send({.room = r, .body = b});',
    'co_await send(options{r, b});',
    'co_await store.write([x](transaction& t) { t.run(x); });',
    'co_await store.write([=](transaction& t) -> int { return 1; });',
    'throw std::runtime_error(co_await f());',
    'auto s = flag ? co_await f() : std::string("no");',
    'co_await text(flag ? a : std::string("b"));',
    'co_await send({a, b});',
    'while (co_await f()) { g(); }',
    'while (more && (co_await f()).empty()) g();',
]
GOOD = [
    'auto r = co_await f();',
    'if (auto r = co_await f(); r) { go(); }',
    'auto work = [x](transaction& t) { t.run(x); }; co_await store.write(std::move(work));',
    'co_await store.write(std::move(work));',
    'int n = (co_await count()) > 3 ? 1 : 0;',
    'for (auto const& c : co_await f()) { use(c); }',
    'while (!done) co_await changed.wait();',
    'while (!done(a, b)) { co_await changed.wait(); }',
    'options o{r, b}; co_await send(std::move(o));',
]


def found(snippet):
    text = check_coroutines.clean("awaitable<void> f() {\n" + snippet + "\n}\n")
    problems = []
    for _, statement in check_coroutines.statements(text):
        if "co_await" in statement:
            problems += [p for p in (check_coroutines.LAMBDA_BY_VALUE, check_coroutines.BRACED, check_coroutines.LOOP_CONDITION) if p.search(statement)]
            if "throw" in statement or check_coroutines.TERNARY.search(check_coroutines.SCALAR_TERNARY.sub(";", statement + ";")):
                problems.append(statement)
    return problems


class Checks(unittest.TestCase):
    def test_the_coroutine_check_finds_each_spelling_that_gcc_12_gets_wrong(self):
        for snippet in BAD:
            self.assertTrue(found(snippet), snippet)

    def test_the_coroutine_check_lets_the_safe_spellings_pass(self):
        for snippet in GOOD:
            self.assertFalse(found(snippet), snippet)

    def test_comments_of_a_header_become_its_reference(self):
        header = ["// SPDX-License-Identifier: Apache-2.0", "// What it is.", "#pragma once", "// Waits <long>.", "void wait();",
                  "int depth = 1;  // in rooms", 'auto url = "http://a";', "// Nothing follows.", "", "template <>", "struct std::hash<id> {};"]
        self.assertEqual(doxygen_comments.translate(header),
                         ["", "/// \\file", "/// What it is.", "", "#pragma once", "/// Waits \\<long\\>.", "void wait();",
                          "int depth = 1;  ///< in rooms", 'auto url = "http://a";', "// Nothing follows.", "", "", ""])

    def test_the_layer_check_knows_the_forbidden_edges(self):
        self.assertNotIn("matrix", check_layers.MAY["libchatops"])
        self.assertNotIn("chatops", check_layers.MAY["libmatrix"])
        self.assertEqual(check_layers.place_of("libchatops/adapters/matrix/src/a.cpp"), "libchatops/adapters/matrix")

    def test_the_layer_check_keeps_testing_kits_out_of_programs(self):
        self.assertTrue(check_layers.TESTING.match("chatrixcd/homeserver/testing/faults.hpp"))
        self.assertEqual(check_layers.TESTING.findall("target_link_libraries(x PRIVATE chatrixcd::homeserver_testing)"),
                         ["chatrixcd::homeserver_testing"])
        self.assertFalse(check_layers.MAY_TEST.match("bots/chatrixcd/CMakeLists.txt"))
        for place in ("tests/unit/x.cpp", "examples/x.cpp", "libhomeserver/testing/src/x.cpp"):
            self.assertTrue(check_layers.MAY_TEST.match(place))

    def test_the_documentation_check_finds_a_quotation_that_is_not_in_its_file(self):
        page = "<!-- quotes tests/tools/test_checks.py -->\n```python\n%s\n```\n"
        root = pathlib.Path(__file__).resolve().parents[2]
        self.assertEqual(check_docs.wrong_quotes(page % "import pathlib\nimport sys", root), [])
        self.assertEqual(len(check_docs.wrong_quotes(page % "import pathlib\nimport unittest", root)), 1)
        self.assertEqual(len(check_docs.wrong_quotes(page % "mport sys", root)), 1)
        self.assertEqual(len(check_docs.wrong_quotes("<!-- quotes nowhere -->\n```\nx\n```", root)), 1)

    def test_the_documentation_check_knows_keys_and_commands_however_their_lines_are_broken(self):
        self.assertEqual(check_docs.configuration_keys('{"matrix", "user_id", "the id"},\n{"bot",\n    "prefix",\n    "what begins a command"},'),
                         [("matrix", "user_id"), ("bot", "prefix")])
        self.assertEqual(check_docs.declared_commands('declare<run>("run", x); declare<ns::list>(\n    "projects")'), ["run", "projects"])

    def test_the_names_check_sees_timers_but_not_comments(self):
        timer = check_names.BASE_ONLY[0][0]
        self.assertTrue(timer.search(check_names.without_comments("asio::steady_timer t;")))
        self.assertFalse(timer.search(check_names.without_comments("// no steady_timer here")))

    def test_the_names_check_sees_what_of_libolm_is_not_to_be_used(self):
        unused = check_names.UNUSED_OF_LIBOLM[0]
        for name in ("olm_pk_decrypt(x)", "olm_pk_signing(x)", "olm_ed25519_verify(x)", "olm_session_describe(x)"):
            self.assertTrue(unused.search(name), name)
        for name in ("olm_decrypt(x)", "olm_create_inbound_session(x)", "olm_pickle_session(x)"):
            self.assertFalse(unused.search(name), name)


if __name__ == "__main__":
    unittest.main()

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/json/value.hpp>

#include <chatrixcd/base/json_reader.hpp>

#include "journal/actor_json.hpp"
#include "journal/json_text.hpp"
#include "journal/keys.hpp"

using namespace chatrixcd::chatops;

namespace {

ci::plan some_plan() {
    ci::plan what;
    what.job = ci::job_id(ci::project_id("p"), "j");
    what.effective = {{"a", "1"}, {"b", "2"}};
    what.fingerprint = "f";
    return what;
}

}  // namespace

TEST_SUITE("chatops::journal::keys") {
    TEST_CASE("a run key is safe and depends on the origin, the ordinal and the plan") {
        chat::origin const from{"matrix", "@bot:a.org", "!r:a.org", "$e"};
        auto const digest = journal::plan_digest("local", some_plan());
        auto const key = journal::make_run_key(from, 0, digest);
        CHECK(key.str().size() <= 64);
        CHECK(key.str().find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == std::string::npos);
        CHECK(key == journal::make_run_key(from, 0, digest));
        CHECK(key != journal::make_run_key(from, 1, digest));
        chat::origin const other{"matrix", "@bot:a.org", "!r:a.org", "$f"};
        CHECK(key != journal::make_run_key(other, 0, digest));
        CHECK(key != journal::make_run_key(from, 0, journal::plan_digest("other", some_plan())));
    }

    TEST_CASE("no origin can be arranged to look like another") {
        chat::origin const one{"a", "b\",\"c", "d", "e"};
        chat::origin const two{"a", "b", "c\",\"d", "e"};
        CHECK(journal::origin_key(one) != journal::origin_key(two));
    }

    TEST_CASE("a plan's digest does not depend on the order of parameters, but on all that they are") {
        auto one = some_plan();
        auto two = some_plan();
        std::swap(two.effective[0], two.effective[1]);
        CHECK(journal::plan_digest("s", one) == journal::plan_digest("s", two));
        two.effective[0].second = "3";
        CHECK(journal::plan_digest("s", one) != journal::plan_digest("s", two));
        one.fingerprint = "g";
        CHECK(journal::plan_digest("s", one) != journal::plan_digest("s", some_plan()));
    }

    TEST_CASE("actors survive the journal") {
        chat::sender person;
        person.user = "@ann:a.org";
        person.device = "ABC";
        person.trust = chat::trust_level::verified;
        CHECK(journal::actor_from_text(journal::actor_to_text(person)).value() == actor(person));
        person.doubted = true;
        person.late = true;
        CHECK(journal::actor_from_text(journal::actor_to_text(person)).value() == actor(person));
        local_operator const local{"root"};
        CHECK(journal::actor_from_text(journal::actor_to_text(local)).value() == actor(local));
        CHECK(journal::actor_from_text(R"({"v":2,"kind":"chat"})").has_error());
        CHECK(journal::actor_from_text(R"({"v":1,"kind":"robot"})").has_error());
        CHECK(journal::actor_from_text(R"({"v":1,"kind":"chat","trust":9})").has_error());
    }

    TEST_CASE("stored JSON can be read again, whatever bytes a CI gave") {
        auto const text = journal::json_text(boost::json::value("a\xff\xc3z\xe2\x82"));
        CHECK(chatrixcd::base::parse_json(text).value().as_string() == "a\xEF\xBF\xBD\xEF\xBF\xBDz\xEF\xBF\xBD\xEF\xBF\xBD");
    }
}

// SPDX-License-Identifier: Apache-2.0
// What is queued is changed by its key: edited, redacted, withdrawn; refused messages are kept, listed and sent again.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "support/office.hpp"
#include "support/results.hpp"

namespace chatrixcd::test {

namespace json = boost::json;
using base::error_kind;
using matrix::cancellation;
using matrix::outgoing;

namespace {

fault none_leaves(base::http::request const& r) {
    return is_send(r) || contains(r.path(), "/redact/") ? fault::drop_before() : fault::none();
}
fault no_answer(base::http::request const& r) { return is_send(r) || contains(r.path(), "/redact/") ? fault::drop_after() : fault::none(); }

// Something is on its way, so that what comes next waits.
void occupy(office& o) {
    o.w.network->faults = none_leaves;
    o.send_later("first");
    o.w.pass(std::chrono::seconds(1));
}

}  // namespace

TEST_SUITE("matrix::outbox amend") {
    TEST_CASE("an edit of a message that has not left goes out as the message") {
        office o;
        auto const root = matrix::event_id(o.ann.say(o.room_name, "a thread"));
        occupy(o);
        o.send_later(outgoing("draft").key("m").in_thread(root));
        o.w.pass(std::chrono::seconds(1));
        o.edit_key_later("m", outgoing("better").key("e1"));
        o.edit_key_later("m", outgoing("best").key("e2").mention(matrix::user_id(o.ann.id())));
        o.w.pass(std::chrono::seconds(1));
        o.w.network->faults = nullptr;
        o.w.until([&] { return o.outcomes[3]->has_value(); });
        CHECK(o.said() == strings{"first", "best"});
        auto const id = o.outcomes[1]->value().value();
        CHECK(o.outcomes[2]->value().value() == id);
        CHECK(o.outcomes[3]->value().value() == id);
        auto const sent = o.ann.history(o.room_name).back();
        auto const& content = sent.at("content").as_object();
        CHECK(content.at("org.chatrixcd.key") == "m");
        CHECK(content.at("m.relates_to").at("event_id") == json::string(root.str()));
        CHECK(content.at("m.mentions") == json::parse(R"({"user_ids":["@ann:test"]})"));
        // Over a restart the edit's key is known, too.
        o.reopen();
        CHECK(o.w.run(o.room().edit_by_key("m", outgoing("best").key("e2"))).value() == id);
        CHECK(o.said().size() == 2);
    }

    TEST_CASE("an edit of a message that may have left follows it") {
        office o;
        o.w.network->faults = no_answer;
        o.send_later(outgoing("card 0").key("m"));
        o.w.pass(std::chrono::milliseconds(200));
        o.edit_key_later("m", outgoing("card 1").key("e1"));
        o.w.pass(std::chrono::milliseconds(200));
        SUBCASE("in the same run") { o.edit_key_later("m", outgoing("card 2").key("e2")); }
        SUBCASE("after a restart") {
            o.w.stop(*o.bot);
            o.bot.reset();
            o.open();
            o.edit_key_later("m", outgoing("card 2").key("e2"));
        }
        o.w.pass(std::chrono::milliseconds(200));
        o.w.network->faults = nullptr;
        o.w.until([&] { return o.outcomes.back()->has_value(); });
        CHECK(o.said() == strings{"card 0", "* card 2"});
        auto const history = o.ann.history(o.room_name);
        CHECK(history.back().at("content").at("m.relates_to").at("event_id") == history[history.size() - 2].at("event_id"));
    }

    TEST_CASE("an edit by the key of what was sent is an edit") {
        office o;
        auto const id = o.w.run(o.room().send(outgoing("one").key("m"))).value();
        CHECK(o.w.run(o.room().edit_by_key("m", outgoing("two").key("e"))).value() != id);
        CHECK(o.ann.history(o.room_name).back().at("content").at("m.relates_to").at("event_id") == json::string(id.str()));
        CHECK(o.w.run(o.room().edit_by_key("nobody", "x")).error().kind() == error_kind::not_found);
        CHECK(o.w.run(o.room().edit_by_key("e", "x")).error().kind() == error_kind::invalid);
        CHECK(o.w.run(o.bot->room(matrix::room_id("!other:test")).edit_by_key("m", "x")).error().kind() == error_kind::not_found);
    }

    TEST_CASE("a redaction of a message that has not left cancels it") {
        office o;
        occupy(o);
        o.send_later(outgoing("secret").key("m"));
        o.w.pass(std::chrono::seconds(1));
        auto const redacted = o.w.run(o.room().redact_by_key("m", "oops", "r"));
        REQUIRE(redacted);
        CHECK_FALSE(redacted.value());
        REQUIRE(o.outcomes[1]->has_value());
        CHECK(o.outcomes[1]->value().error().kind() == error_kind::conflict);
        o.w.network->faults = nullptr;
        o.w.until([&] { return o.outcomes[0]->has_value(); });
        o.reopen();
        CHECK_FALSE(o.w.run(o.room().redact_by_key("m", "oops", "r")).value());
        CHECK(o.w.run(o.room().send(outgoing("secret").key("m"))).error().kind() == error_kind::conflict);
        CHECK(o.said() == strings{"first"});
    }

    TEST_CASE("a redaction of a message that may have left waits for its event") {
        office o;
        o.w.network->faults = no_answer;
        o.send_later(outgoing("secret").key("m"));
        o.w.pass(std::chrono::milliseconds(200));
        bool restarted = false;
        SUBCASE("in the same run") {}
        SUBCASE("over a restart") { restarted = true; }
        o.redact_key_later("m", "r");
        o.w.pass(std::chrono::milliseconds(200));
        if (restarted) {
            o.w.stop(*o.bot);
            o.bot.reset();
            o.open();
        }
        o.w.network->faults = nullptr;
        auto const redaction = o.w.run(o.room().redact_by_key("m", "", "r"));
        REQUIRE(redaction.value());
        auto const history = o.ann.history(o.room_name);
        CHECK(history.back().at("event_id") == json::string(redaction.value()->str()));
        CHECK(history.back().at("redacts") == history[history.size() - 2].at("event_id"));
    }

    TEST_CASE("what depends on a message that is refused is not sent") {
        office o;
        o.w.network->faults = [](base::http::request const& r) {
            if (!is_send(r)) return fault::none();
            return fault::answer(base::http::response(403, R"({"errcode":"M_FORBIDDEN","error":"no"})")).after(std::chrono::seconds(5));
        };
        o.send_later(outgoing("x").key("m"));
        o.w.pass(std::chrono::seconds(1));
        o.edit_key_later("m", "y");
        o.redact_key_later("m", "r");
        o.w.until([&] { return o.outcomes[1]->has_value(); });
        CHECK(o.outcomes[0]->value().error().kind() == error_kind::forbidden);
        CHECK(o.outcomes[1]->value().error().kind() == error_kind::conflict);
        o.w.network->faults = nullptr;
        CHECK_FALSE(o.w.run(o.room().redact_by_key("m", "", "r")).value());
        CHECK(o.w.run(o.room().edit_by_key("m", "z")).error().kind() == error_kind::conflict);
        CHECK(o.said().empty());
    }

    TEST_CASE("whenever a send is withdrawn, it is withdrawn or it is sent, and the answer says which") {
        office o;
        int withdrawn = 0;
        int sent = 0;
        for (int turns = 0; turns < 40; ++turns) {
            auto const text = "after " + std::to_string(turns);
            o.send_later(outgoing("ahead"));
            o.send_later(outgoing(text).key(text));
            for (int i = 0; i < turns; ++i) o.w.loop.poll_one();
            auto const answer = o.w.run(o.bot->cancel_send(text));
            o.w.until([&] { return o.outcomes.back()->has_value(); });
            auto const said = o.said();
            bool const is_there = std::find(said.begin(), said.end(), text) != said.end();
            CHECK(is_there == (answer != cancellation::withdrawn));
            CHECK(o.outcomes.back()->value().has_value() == is_there);
            ++(is_there ? sent : withdrawn);
        }
        CHECK(withdrawn > 0);
        CHECK(sent > 0);
    }

    TEST_CASE("a queued send is withdrawn by its key, one that may have left is not") {
        office o;
        o.w.network->faults = none_leaves;
        o.send_later(outgoing("first").key("f"));
        o.w.pass(std::chrono::seconds(1));
        o.send_later(outgoing("second").key("s"));
        o.w.pass(std::chrono::seconds(1));
        CHECK(o.w.run(o.bot->cancel_send("f")) == cancellation::leaving);
        CHECK(o.w.run(o.bot->cancel_send("s")) == cancellation::withdrawn);
        CHECK(o.w.run(o.bot->cancel_send("s")) == cancellation::settled);
        CHECK(o.w.run(o.bot->cancel_send("nobody")) == cancellation::unknown);
        CHECK(o.outcomes[1]->value().error().kind() == error_kind::conflict);
        o.w.stop(*o.bot);
        o.bot.reset();
        o.open();
        // It may have left in the run before.
        CHECK(o.w.run(o.bot->cancel_send("f")) == cancellation::leaving);
        o.w.network->faults = nullptr;
        CHECK(o.w.run(o.room().send(outgoing("first").key("f"))));
        CHECK(o.w.run(o.bot->cancel_send("f")) == cancellation::settled);
        o.w.run(o.bot->forget_key("s"));
        CHECK(o.w.run(o.room().send(outgoing("second, after all").key("s"))));
        CHECK(o.said() == strings{"first", "second, after all"});
    }
}

TEST_SUITE("matrix::outbox dead letters") {
    TEST_CASE("a refused message is told, listed with its reason, and can be sent again or dropped") {
        office o;
        o.w.stop(*o.bot);
        std::vector<std::string> told;
        auto const listen = [&] {
            o.bot->on_send_failed([&](matrix::room in, matrix::dead_letter letter) -> boost::asio::awaitable<void> {
                told.push_back(letter.key + " " + letter.why.errcode());
                // Refused as well; nobody is told of that, or it would go on for ever.
                co_await in.send("could not send it");
            });
        };
        o.bot = o.w.make_client("store");
        listen();
        o.w.start(*o.bot, "bot");
        o.w.network->faults = [](base::http::request const& r) {
            if (!is_send(r)) return fault::none();
            return fault::answer(base::http::response(403, R"({"errcode":"M_FORBIDDEN","error":"not here"})"));
        };
        CHECK_FALSE(o.w.run(o.room().send(outgoing("one").key("k1"))));
        CHECK_FALSE(o.w.run(o.room().send(outgoing("two").key("k2"))));
        o.w.pass(std::chrono::minutes(1));
        CHECK(told == strings{"k1 M_FORBIDDEN", "k2 M_FORBIDDEN"});

        o.w.stop(*o.bot);
        o.bot = o.w.make_client("store");
        listen();
        o.w.start(*o.bot, "bot");
        auto const letters = o.w.run(o.bot->dead_letters());
        REQUIRE(letters.size() == 4);
        auto const& last = letters.back();
        CHECK(last.key == "k1");
        CHECK(last.room.str() == o.room_name);
        CHECK(last.type == "m.room.message");
        CHECK(contains(last.content, "one"));
        CHECK(last.why.kind() == error_kind::forbidden);
        CHECK(last.why.server_text() == "not here");
        CHECK(o.w.run(o.bot->dead_letters(1)).size() == 1);

        o.w.network->faults = nullptr;
        CHECK(o.w.run(o.bot->resend("k1")));
        CHECK(o.w.run(o.bot->resend("k1")));
        o.w.run(o.bot->forget_key("k2"));
        CHECK(o.w.run(o.bot->resend("k2")).error().kind() == error_kind::not_found);
        CHECK(o.w.run(o.bot->dead_letters()).size() == 2);
        CHECK(o.said() == strings{"one"});
    }

    TEST_CASE("only the newest contents are kept, the reasons stay") {
        office o;
        o.w.network->faults = [](base::http::request const& r) {
            if (!is_send(r)) return fault::none();
            return fault::answer(base::http::response(413, R"({"errcode":"M_TOO_LARGE","error":"too much"})"));
        };
        for (int i = 0; i < 203; ++i) CHECK_FALSE(o.w.run(o.room().send(outgoing("x").key("k" + std::to_string(i)))));
        auto const letters = o.w.run(o.bot->dead_letters(1000));
        REQUIRE(letters.size() == 203);
        CHECK_FALSE(letters[199].content.empty());
        CHECK(letters[200].content.empty());
        CHECK(letters[202].why.kind() == error_kind::too_large);
        CHECK(o.w.run(o.bot->resend("k0")).error().kind() == error_kind::not_found);
    }
}

}  // namespace chatrixcd::test

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <set>
#include <stdexcept>

#include "support/office.hpp"
#include "support/results.hpp"

namespace chatrixcd::test {

namespace json = boost::json;
using matrix::outgoing;
TEST_SUITE("matrix::outbox") {
    TEST_CASE("an answer that is lost is asked for again with the same transaction, and nothing appears twice") {
        office o;
        strings transactions;
        o.w.network->faults = [&](base::http::request const& r) {
            if (!is_send(r)) return fault::none();
            transactions.push_back(transaction_of(r));
            return transactions.size() < 4 ? fault::drop_after() : fault::none();
        };
        auto const sent = o.w.run(o.room().send("hello"));
        CHECK(sent);
        CHECK(transactions.size() == 4);
        CHECK(std::set<std::string>(transactions.begin(), transactions.end()).size() == 1);
        CHECK(o.said() == strings{"hello"});
    }

    TEST_CASE("messages leave in order, whatever the network does") {
        office o;
        int n = 0;
        o.w.network->faults = [&](base::http::request const& r) {
            if (!is_send(r)) return fault::none();
            switch (++n % 5) {
                case 0:
                    return fault::rate_limited(3);
                case 1:
                    return fault::drop_before();
                case 2:
                    return fault::drop_after();
                case 3:
                    return fault::server_error();
                default:
                    return fault::none();
            }
        };
        strings expected;
        for (int i = 0; i < 12; ++i) {
            expected.push_back("m" + std::to_string(i));
            o.send_later(outgoing(expected.back()));
        }
        o.w.until([&] { return o.outcomes.back()->has_value(); });
        CHECK(o.said() == expected);
        for (auto const& outcome : o.outcomes) CHECK(outcome->value());
    }

    TEST_CASE("a key sends once and keeps its event id, also over restarts") {
        office o;
        auto const first = o.w.run(o.room().send(outgoing("one").key("k1"))).value();
        CHECK(o.w.run(o.room().send(outgoing("not sent").key("k1"))).value() == first);
        o.reopen();
        CHECK(o.w.run(o.room().send(outgoing("not sent either").key("k1"))).value() == first);
        CHECK(o.said() == strings{"one"});
        o.w.run(o.bot->forget_key("k1"));
        CHECK(o.w.run(o.room().send(outgoing("again").key("k1"))).value() != first);
        CHECK(o.said() == strings{"one", "again"});
        CHECK(o.ann.history(o.room_name).back().at("content").at("org.chatrixcd.key") == "k1");
        CHECK(o.w.run(o.room().send(outgoing("x").key(std::string(256, 'k')))).error().kind() == base::error_kind::invalid);
    }

    TEST_CASE("two who send the same key at once get the same event") {
        office o;
        o.w.network->faults = [&](base::http::request const& r) {
            return is_send(r) ? fault::none().after(std::chrono::seconds(5)) : fault::none();
        };
        o.send_later(outgoing("x").key("k"));
        o.send_later(outgoing("x").key("k"));
        o.w.until([&] { return o.outcomes[0]->has_value() && o.outcomes[1]->has_value(); });
        CHECK(o.outcomes[0]->value().value() == o.outcomes[1]->value().value());
        CHECK(o.said() == strings{"x"});
    }

    TEST_CASE("a refusal is told to the caller, every time, and does not hold up the next message") {
        office o;
        o.w.network->faults = [](base::http::request const& r) {
            if (!is_send(r) || !contains(r.body, "bad")) return fault::none();
            return fault::answer(base::http::response(413, R"({"errcode":"M_TOO_LARGE","error":"too much"})"));
        };
        auto const refused = o.w.run(o.room().send(outgoing("bad").key("k")));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind() == base::error_kind::too_large);
        CHECK(refused.error().errcode() == "M_TOO_LARGE");
        CHECK(o.w.run(o.room().send("good")));
        o.reopen();
        o.w.network->faults = nullptr;
        auto const again = o.w.run(o.room().send(outgoing("bad").key("k")));
        REQUIRE_FALSE(again);
        CHECK(again.error().kind() == base::error_kind::too_large);
        CHECK(again.error().server_text() == "too much");
        CHECK(o.said() == strings{"good"});
        CHECK(o.w.run(o.bot->room(matrix::room_id("!nowhere:test")).send("x")).error().kind() == base::error_kind::forbidden);
    }

    TEST_CASE("what was queued when the program ended is sent by the next one") {
        office o;
        o.w.network->faults = [](base::http::request const& r) { return is_send(r) ? fault::drop_before() : fault::none(); };
        for (auto const* text : {"a", "b", "c"}) o.send_later(outgoing(text));
        o.w.pass(std::chrono::seconds(3));
        o.w.stop(*o.bot);
        for (auto const& outcome : o.outcomes) CHECK_FALSE(outcome->value());
        o.bot.reset();
        o.w.network->faults = nullptr;
        o.open();
        o.w.pass(std::chrono::seconds(3));
        CHECK(o.said() == strings{"a", "b", "c"});
    }

    TEST_CASE("after half a day a message that may have been sent is looked for before it is sent again") {
        for (bool const arrived : {true, false}) {
            CAPTURE(arrived);
            office o;
            o.w.network->faults = [&](base::http::request const& r) {
                if (!is_send(r)) return fault::none();
                return arrived ? fault::drop_after() : fault::drop_before();
            };
            o.send_later(outgoing("once").key("k"));
            o.w.pass(std::chrono::seconds(1));
            o.w.stop(*o.bot);
            o.bot.reset();
            for (int i = 0; i < 300; ++i) o.ann.say(o.room_name, "chatter");
            o.w.pass(std::chrono::hours(20));
            o.w.pass(std::chrono::hours(10));
            // A homeserver that has forgotten the transaction would take it for a new message.
            bool sent_again = false;
            o.w.network->faults = [&](base::http::request const& r) {
                sent_again = sent_again || is_send(r);
                return fault::none();
            };
            o.open();
            auto const id = o.w.run(o.room().send(outgoing("once").key("k")));
            CHECK(id);
            CHECK(sent_again == !arrived);
            CHECK(o.said() == strings{"once"});
        }
    }

    TEST_CASE("a message of another device is looked for as well") {
        office o;
        o.w.network->faults = [](base::http::request const& r) { return is_send(r) ? fault::drop_after() : fault::none(); };
        o.send_later(outgoing("once").key("k"));
        o.w.pass(std::chrono::seconds(1));
        auto const device = o.bot->device();
        o.w.network->faults = [&](base::http::request const& r) {
            if (is_send(r)) return fault::drop_before();
            if (!contains(r.path(), "/sync") || o.bot->device() != device) return fault::none();
            return fault::answer(base::http::response(401, R"({"errcode":"M_UNKNOWN_TOKEN","soft_logout":false})"));
        };
        o.w.until([&] { return o.bot->device() != device; });
        o.w.network->faults = [](base::http::request const& r) { return is_send(r) ? fault::server_error() : fault::none(); };
        o.w.until([&] { return o.outcomes[0]->has_value(); });
        CHECK(o.outcomes[0]->value());
        CHECK(o.said() == strings{"once"});
    }

    TEST_CASE("of edits that wait, only the newest is sent, and all callers get its id") {
        office o;
        auto const card = o.w.run(o.room().send("card 0")).value();
        std::size_t sends = 0;
        o.w.network->observer = [&](base::http::request const& r, auto const&) { sends += is_send(r) ? 1 : 0; };
        o.w.network->faults = [](base::http::request const& r) { return is_send(r) ? fault::drop_before() : fault::none(); };
        o.send_later("before");
        o.w.pass(std::chrono::seconds(1));
        for (int i = 1; i <= 5; ++i) o.edit_later(card, outgoing("card " + std::to_string(i)).key("card:" + std::to_string(i)));
        o.send_later("after");
        o.w.pass(std::chrono::seconds(1));
        o.w.network->faults = nullptr;
        o.w.until([&] { return o.outcomes.back()->has_value(); });
        CHECK(o.said() == strings{"card 0", "before", "* card 5", "after"});
        CHECK(sends == 3);
        for (std::size_t i = 1; i <= 5; ++i) CHECK(o.outcomes[i]->value().value() == o.outcomes[5]->value().value());
        // Over a restart the old keys lead to the newest edit, too.
        o.reopen();
        CHECK(o.w.run(o.room().edit(card, outgoing("late").key("card:2"))).value() == o.outcomes[5]->value().value());
    }

    TEST_CASE("reactions and redactions go the same way") {
        office o;
        auto const id = matrix::event_id(o.ann.say(o.room_name, "hello"));
        CHECK(o.w.run(o.room().react(id, "\xF0\x9F\x91\x8D", "r1")));
        CHECK(o.w.run(o.room().react(id, "\xF0\x9F\x91\x8D", "r1")));
        auto const mine = o.w.run(o.room().send("oops")).value();
        CHECK(o.w.run(o.room().redact(mine, "wrong room")));
        auto const history = o.ann.history(o.room_name);
        std::size_t reactions = 0;
        for (auto const& e : history) reactions += e.at("type") == "m.reaction" ? 1 : 0;
        CHECK(reactions == 1);
        CHECK(history.back().at("type") == "m.room.redaction");
        CHECK(o.w.run(o.room().typing(true)));
        CHECK(o.w.run(o.room().mark_read(id)));
    }

    TEST_CASE("rooms can be made, named, entered and left") {
        office o;
        auto const made = o.w.run(o.bot->create_room(matrix::new_room().name("Lab").invite(matrix::user_id(o.ann.id())))).value();
        o.ann.join(made.str());
        o.w.pass(std::chrono::seconds(2));
        CHECK(o.w.run(o.bot->room(made).name()) == "Lab");
        CHECK(o.w.run(o.bot->room(made).members()).value().size() == 2);
        auto topic = json::parse(R"({"topic":"all of it"})").as_object();
        CHECK(o.w.run(o.bot->room(made).put_state("m.room.topic", "", std::move(topic))));
        o.w.pass(std::chrono::seconds(2));
        CHECK(o.w.run(o.bot->room(made).state("m.room.topic")).value().content_text("topic") == "all of it");
        CHECK(o.w.run(o.bot->room(made).leave()));
        o.w.pass(std::chrono::seconds(2));
        CHECK(o.w.run(o.bot->rooms()) == std::vector{matrix::room_id(o.room_name)});
        CHECK_FALSE(o.w.run(o.bot->room(made).state("m.room.topic")));
    }

    TEST_CASE("an unexpected failure of ours does not leave a room without its sender") {
        office o;
        int failures = 2;
        o.w.network->leaving = [&](base::http::request const& r) {
            if (contains(r.url, "/send/") && failures-- > 0) throw std::logic_error("nobody thought of this");
        };
        CHECK(o.w.run(o.room().send("one"), std::chrono::minutes(5)));
        CHECK(o.w.run(o.room().send("two"), std::chrono::minutes(5)));
        CHECK(o.said() == strings{"one", "two"});
        CHECK(std::any_of(o.w.log_lines.begin(), o.w.log_lines.end(),
                          [](std::string const& line) { return contains(line, "error_id=") && contains(line, "nobody thought of this"); }));
    }

    TEST_CASE("a message at which we fail each time is given up, and the next one leaves") {
        office o;
        o.w.network->leaving = [&](base::http::request const& r) {
            if (contains(r.body, "cursed")) throw std::logic_error("nobody thought of this");
        };
        auto const cursed = o.w.run(o.room().send("cursed"), std::chrono::minutes(5));
        REQUIRE_FALSE(cursed);
        CHECK(cursed.error().kind() == base::error_kind::internal);
        CHECK(contains(cursed.error().describe(), "error id"));
        CHECK_FALSE(contains(cursed.error().describe(), "nobody thought"));
        CHECK(o.w.run(o.room().send("fine"), std::chrono::minutes(5)));
        CHECK(o.said() == strings{"fine"});
    }

    TEST_CASE("handles say so when the client does not run") {
        office o;
        auto const room = o.room();
        o.w.stop(*o.bot);
        CHECK(o.w.run(room.send("x")).error().kind() == base::error_kind::unavailable);
        CHECK(o.w.run(room.join()).error().kind() == base::error_kind::unavailable);
        CHECK(o.w.run(room.members()).error().kind() == base::error_kind::unavailable);
        CHECK_FALSE(o.w.run(room.info()));
    }
}

}  // namespace chatrixcd::test

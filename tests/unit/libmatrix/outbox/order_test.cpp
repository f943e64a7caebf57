// SPDX-License-Identifier: Apache-2.0
// In which order queued messages leave, how many may wait, and what is looked for before it is sent again.
#include <doctest/doctest.h>

#include <algorithm>
#include <stdexcept>

#include "support/office.hpp"
#include "support/results.hpp"

namespace chatrixcd::test {

using matrix::outgoing;

namespace {

fault none_leaves(base::http::request const& r) { return is_send(r) ? fault::drop_before() : fault::none(); }

}  // namespace

TEST_SUITE("matrix::outbox order") {
    TEST_CASE("an urgent answer overtakes what waits, and nothing else changes its place") {
        office o;
        o.w.network->faults = none_leaves;
        o.send_later("leaves already");
        o.w.pass(std::chrono::seconds(1));
        o.send_later(outgoing("log 1").bulk());
        o.send_later("plain 1");
        o.send_later(outgoing("log 2").bulk());
        o.send_later(outgoing("answer 1").urgent());
        o.send_later("plain 2");
        o.send_later(outgoing("answer 2").urgent());
        o.w.pass(std::chrono::seconds(1));
        o.w.network->faults = nullptr;
        o.w.until([&] { return o.outcomes[3]->has_value(); });
        CHECK(o.said() == strings{"leaves already", "answer 1", "answer 2", "plain 1", "plain 2", "log 1", "log 2"});
    }

    TEST_CASE("after a restart what may have left is settled first, then the order is by urgency") {
        office o;
        o.w.network->faults = none_leaves;
        o.send_later("leaves already");
        o.w.pass(std::chrono::seconds(1));
        o.send_later(outgoing("log").bulk());
        o.send_later(outgoing("answer").urgent());
        o.w.pass(std::chrono::seconds(1));
        o.w.stop(*o.bot);
        o.bot.reset();
        o.w.network->faults = nullptr;
        o.open();
        o.w.pass(std::chrono::seconds(3));
        CHECK(o.said() == strings{"leaves already", "answer", "log"});
    }

    TEST_CASE("a key can be forgotten, and a send withdrawn no more, as soon as the send has ended") {
        office o;
        auto twice = [](office& in, std::vector<matrix::event_id>& ids) -> boost::asio::awaitable<void> {
            auto const room = in.room();
            auto first = co_await room.send(outgoing("again").key("k"));
            auto const state = co_await in.bot->cancel_send("k");
            CHECK(state == matrix::cancellation::settled);
            co_await in.bot->forget_key("k");
            auto second = co_await room.send(outgoing("again").key("k"));
            ids = {first.value(), second.value()};
        };
        std::vector<matrix::event_id> ids;
        o.w.run(twice(o, ids));
        REQUIRE(ids.size() == 2);
        CHECK(ids[0] != ids[1]);
        CHECK(o.said() == strings{"again", "again"});
    }

    TEST_CASE("whichever answer of the store is lost, every caller hears what has become of his message") {
        for (int lost = 1; lost <= 24; ++lost) {
            CAPTURE(lost);
            office o;
            o.w.stop(*o.bot);
            int lose = 0;
            base::store_hooks hooks;
            hooks.after_commit = [&] {
                if (lose > 0 && --lose == 0) throw std::runtime_error("the answer was lost");
            };
            o.bot = o.w.make_client("store", [&](matrix::options& how) { how.store_hooks(hooks); });
            o.w.start(*o.bot, "bot");
            o.w.run(o.bot->synced()).value();
            o.w.network->faults = none_leaves;
            lose = lost;
            o.send_later(outgoing("one").key("1"));
            o.send_later(outgoing("two").key("2"));
            o.send_later(outgoing("three").key("3"));
            o.w.pass(std::chrono::milliseconds(10));
            o.edit_key_later("2", outgoing("two, edited").key("e1"));
            o.edit_key_later("1", outgoing("one, edited").key("e2"));
            o.w.pass(std::chrono::milliseconds(10));
            o.edit_key_later("1", outgoing("one, edited again").key("e3"));
            o.redact_key_later("3", "r");
            o.w.pass(std::chrono::seconds(5));
            o.w.network->faults = nullptr;
            o.w.pass(std::chrono::minutes(30));
            lose = 0;
            // Everybody was told, if only that the store failed.
            CHECK(o.waiting() == 0);
            auto const said = o.said();
            // Once each, edited before it left or not; the third was withdrawn.
            CHECK(std::count(said.begin(), said.end(), "one") <= 1);
            // His caller was answered, and not by the store's failure.
            if (o.outcomes[0]->has_value()) CHECK(std::count(said.begin(), said.end(), "one") == 1);
            CHECK(std::count(said.begin(), said.end(), "two, edited") + std::count(said.begin(), said.end(), "two") <= 1);
            // What was queued leaves without another message pushing it.
            for (auto const* key : {"1", "2", "3", "e1", "e2", "e3"}) {
                auto const state = o.w.run(o.bot->cancel_send(key));
                CHECK_MESSAGE((state == matrix::cancellation::settled || state == matrix::cancellation::unknown), key);
            }
        }
    }

    TEST_CASE("a room's queue is bounded, in messages and in bytes, and says so") {
        office o;
        o.w.stop(*o.bot);
        o.bot = o.w.make_client("store", [](matrix::options& how) { how.send_queue(3, 2000); });
        o.w.start(*o.bot, "bot");
        o.w.network->faults = none_leaves;
        for (auto const* text : {"a", "b"}) o.send_later(text);
        o.w.pass(std::chrono::seconds(1));
        auto const wide = o.w.run(o.room().send(std::string(1900, 'x')));
        REQUIRE_FALSE(wide);
        CHECK(wide.error().kind() == base::error_kind::rate_limited);
        o.send_later("c");
        o.w.pass(std::chrono::seconds(1));
        auto const fourth = o.w.run(o.room().send("d"));
        REQUIRE_FALSE(fourth);
        CHECK(fourth.error().kind() == base::error_kind::rate_limited);
        CHECK(contains(fourth.error().describe(), "3 messages"));
        CHECK(o.w.run(o.room().send(std::string(2500, 'x'))).error().kind() == base::error_kind::too_large);
        // Another room has a queue of its own; and what was refused is not known by its key.
        o.w.network->faults = nullptr;
        o.w.until([&] { return o.outcomes[2]->has_value(); });
        CHECK(o.w.run(o.room().send("d")));
        CHECK(o.said() == strings{"a", "b", "c", "d"});
    }

    TEST_CASE("one search of the history answers for all old messages of a room") {
        office o;
        o.w.network->faults = [](base::http::request const& r) { return is_send(r) ? fault::drop_after() : fault::none(); };
        o.send_later(outgoing("0").key("k0"));
        o.w.pass(std::chrono::seconds(1));
        o.w.network->faults = none_leaves;
        for (int i = 1; i < 20; ++i) o.send_later(outgoing(std::to_string(i)).key("k" + std::to_string(i)));
        o.w.pass(std::chrono::seconds(1));
        o.w.stop(*o.bot);
        o.bot.reset();
        o.w.pass(std::chrono::hours(20));
        unsigned searches = 0;
        o.w.network->faults = nullptr;
        o.w.network->observer = [&](base::http::request const& r, auto const&) { searches += contains(r.path(), "/messages") ? 1 : 0; };
        o.open();
        o.w.pass(std::chrono::seconds(10));
        CHECK(o.said().size() == 20);
        CHECK(searches == 1);
    }

    TEST_CASE("old edits, reactions and redactions are looked for at what they are about") {
        office o;
        auto const card = o.w.run(o.room().send("card")).value();
        auto const oops = o.w.run(o.room().send("oops")).value();
        o.w.network->faults = [](base::http::request const& r) {
            return is_send(r) || contains(r.path(), "/redact/") ? fault::drop_after() : fault::none();
        };
        SUBCASE("an edit") { o.edit_later(card, outgoing("card 1").key("k")); }
        SUBCASE("a reaction") { o.react_later(card, "+1", "k"); }
        SUBCASE("a redaction") { o.redact_later(oops, "k"); }
        o.w.pass(std::chrono::milliseconds(100));
        o.w.stop(*o.bot);
        o.bot.reset();
        auto const before = o.ann.history(o.room_name).size();
        o.w.pass(std::chrono::hours(20));
        o.w.pass(std::chrono::hours(10));
        unsigned sends = 0;
        unsigned requests = 0;
        o.w.network->faults = nullptr;
        o.w.network->observer = [&](base::http::request const& r, auto const&) {
            sends += is_send(r) || contains(r.path(), "/redact/") ? 1 : 0;
            requests += contains(r.path(), "/messages") || contains(r.path(), "/relations/") || contains(r.path(), "/event/") ? 1 : 0;
        };
        o.open();
        o.w.pass(std::chrono::seconds(10));
        CHECK(sends == 0);
        CHECK(requests == 1);
        CHECK(o.ann.history(o.room_name).size() == before);
    }

    TEST_CASE("a homeserver without relations is searched as for a message") {
        office o;
        auto const card = o.w.run(o.room().send("card")).value();
        o.w.network->faults = [](base::http::request const& r) { return is_send(r) ? fault::drop_after() : fault::none(); };
        o.edit_later(card, outgoing("card 1").key("k"));
        o.w.pass(std::chrono::milliseconds(100));
        o.w.stop(*o.bot);
        o.bot.reset();
        o.w.pass(std::chrono::hours(20));
        o.w.network->faults = [](base::http::request const& r) {
            if (!contains(r.path(), "/relations/")) return fault::none();
            return fault::answer(base::http::response(404, R"({"errcode":"M_UNRECOGNIZED","error":"what?"})"));
        };
        o.open();
        CHECK(o.w.run(o.room().edit(card, outgoing("card 1").key("k"))));
        CHECK(o.said() == strings{"card", "* card 1"});
    }
}

}  // namespace chatrixcd::test

// SPDX-License-Identifier: Apache-2.0
// Long messages on their way: several events, one call, one key.
#include <doctest/doctest.h>

#include <boost/json/object.hpp>

#include <chatrixcd/matrix/outgoing.hpp>

#include "support/office.hpp"
#include "support/results.hpp"

namespace chatrixcd::test {

using base::error_kind;
using matrix::outgoing;

namespace {

std::string long_text() {
    std::string text;
    for (int i = 0; text.size() < 150000; ++i) text += "line " + std::to_string(i) + " of a long log\n";
    return text;
}

std::string joined(strings const& parts) {
    std::string whole;
    for (auto const& part : parts) whole += part;
    return whole;
}

}  // namespace

TEST_SUITE("matrix::outbox long messages") {
    TEST_CASE("a long text arrives whole, in order, as several events of one key") {
        office o;
        auto const text = long_text();
        auto const id = o.w.run(o.room().send(outgoing(text).key("k"))).value();
        CHECK(o.said().size() == 3);
        CHECK(joined(o.said()) == text);
        CHECK(o.w.run(o.room().send(outgoing(text).key("k"))).value() == id);
        CHECK(o.said().size() == 3);
        auto const history = o.ann.history(o.room_name);
        CHECK(history[history.size() - 3].at("event_id") == boost::json::string(id.str()));
        CHECK(history.back().at("content").at("org.chatrixcd.key") == "k~part3");
    }

    TEST_CASE("cut in the middle, the next run sends what is missing and nothing twice") {
        office o;
        auto const text = long_text();
        int sends = 0;
        o.w.network->faults = [&](base::http::request const& r) {
            if (!is_send(r)) return fault::none();
            return ++sends == 1 ? fault::none() : fault::drop_after();
        };
        o.send_later(outgoing(text).key("k"));
        o.w.pass(std::chrono::seconds(1));
        CHECK(o.said().size() == 2);
        o.w.stop(*o.bot);
        o.bot.reset();
        o.w.network->faults = nullptr;
        o.open();
        CHECK(o.w.run(o.room().send(outgoing(text).key("k"))));
        CHECK(joined(o.said()) == text);
    }

    TEST_CASE("a long message is withdrawn or redacted in all its parts") {
        office o;
        o.w.network->faults = [](base::http::request const& r) {
            return is_send(r) || contains(r.path(), "/redact/") ? fault::drop_after() : fault::none();
        };
        o.send_later(outgoing(long_text()).key("k"));
        o.w.pass(std::chrono::milliseconds(200));
        o.redact_key_later("k", "r");
        o.w.pass(std::chrono::milliseconds(200));
        o.w.network->faults = nullptr;
        CHECK(o.w.run(o.room().redact_by_key("k", "", "r")).value());
        std::size_t shown = 0;
        for (auto const& e : o.ann.history(o.room_name)) {
            if (e.at("type") == "m.room.message" && !e.at("content").as_object().empty()) ++shown;
        }
        CHECK(shown == 0);
        o.w.run(o.bot->forget_key("k"));
        CHECK(o.w.run(o.room().send(outgoing(long_text()).key("k"))));
    }

    TEST_CASE("edits and events that are too large are refused before they leave") {
        office o;
        auto const id = o.w.run(o.room().send("x")).value();
        auto const edit = o.w.run(o.room().edit(id, long_text()));
        REQUIRE_FALSE(edit);
        CHECK(edit.error().kind() == error_kind::too_large);
        CHECK(contains(edit.error().describe(), "edits"));
        CHECK(o.w.run(o.room().edit(id, std::string(50000, 'x'))));
        boost::json::object content;
        content["x"] = long_text();
        CHECK(o.w.run(o.room().send_event("org.example", std::move(content))).error().kind() == error_kind::too_large);
        CHECK(o.w.run(o.room().send(std::string(2U << 20U, 'x'))).error().kind() == error_kind::too_large);
        CHECK(o.said().size() == 2);
    }
}

}  // namespace chatrixcd::test

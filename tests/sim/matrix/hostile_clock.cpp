// SPDX-License-Identifier: Apache-2.0
// Clocks that disagree: a homeserver hours ahead or behind, and our own wall clock jumping about.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <chatrixcd/base/json_reader.hpp>

#include "matrix/hostile_rig.hpp"

namespace chatrixcd::test {

using namespace std::chrono_literals;
using base::http::method;

namespace {

// The homeserver's clock: right, or wrong by as much as is said; ours jumps without it.
class other_clock final : public base::clock {
public:
    explicit other_clock(base::duration wrong) : wrong_(wrong) {}
    void follow(base::clock& time) { time_ = &time; }
    base::time_point now() const override { return base::time_point(1767225600s) + (time_ == nullptr ? 0ms : time_->uptime()) + wrong_; }
    base::duration uptime() const override { return time_ == nullptr ? 0ms : time_->uptime(); }
    boost::asio::awaitable<bool> wait(base::duration span) override { return time_->wait(span); }

private:
    base::duration wrong_;
    base::clock* time_ = nullptr;
};

}  // namespace

TEST_SUITE("matrix::hostile clock") {
    TEST_CASE("a homeserver that is hours ahead or behind is as good as any, and a message whose answer was lost is not doubled") {
        for (base::duration const wrong : {-26h, -5h, 5h, 26h, 24h * 400}) {
            INFO("wrong by ms: ", wrong.count());
            other_clock theirs(wrong);
            echo_rig r(1, [&](homeserver::server_options& how) { how.time_source = &theirs; });
            theirs.follow(r.w.time);
            r.open();
            r.commands(3);
            r.w.pass(10s);
            // Executed, but the answer never comes; then the bot is away for so long that the transaction id is of no use.
            r.faults().on(method::put, "/rooms/{room}/send/{type}/{txn}").does(fault::drop_after());
            r.command();
            r.w.pass(1min);
            r.close();
            r.w.pass(14h);
            r.w.network->calm();
            r.open();
            r.w.pass(1min);
            r.expect_each_once();
        }
    }

    TEST_CASE("what the account says from elsewhere does not end the search for a message, however far behind the homeserver's clock is") {
        other_clock theirs(-5h);
        echo_rig r(1, [&](homeserver::server_options& how) { how.time_source = &theirs; });
        theirs.follow(r.w.time);
        r.open();
        r.faults().on(method::put, "/rooms/{room}/send/{type}/{txn}").does(fault::drop_after());
        r.command();
        r.w.pass(1min);
        r.close();
        r.w.pass(2h);
        r.account.say(r.room, "from my phone");
        r.w.pass(12h);
        r.w.network->calm();
        int sent_again = 0;
        r.w.network->observer = [&](base::http::request const& asked, base::http::response const&) {
            if (contains(asked.path(), "/send/")) ++sent_again;
        };
        r.open();
        r.w.pass(1min);
        CHECK(r.ann.bodies(r.room, r.account.id()) == strings{"echo: c1", "from my phone"});
        CHECK(sent_again == 0);
    }

    TEST_CASE("our clock jumping back and forth by hours, days and years changes nothing that is handled or sent") {
        other_clock theirs(0ms);
        echo_rig r(1, [&](homeserver::server_options& how) { how.time_source = &theirs; });
        theirs.follow(r.w.time);
        r.open();
        base::duration const jumps[] = {3h, -6h, 24h * 3, -24h * 3, 24h * 365 * 10, -24h * 365 * 20, 24h * 365 * 10, -1h};
        for (auto const jump : jumps) {
            r.command();
            r.w.time.skew(jump);
            r.command();
            r.w.pass(2min);
            r.faults().on(method::put, "/rooms/{room}/send/{type}/{txn}").times(2).does(fault::drop_after());
            r.faults().on("/sync").times(3).does(fault::stale_position(3));
        }
        r.expect_each_once();
    }

    TEST_CASE("a clock that jumps while a message waits neither doubles nor forgets it") {
        for (base::duration const jump : {-30h, 30h, 24h * 40, -24h * 40}) {
            INFO("jump ms: ", jump.count());
            other_clock theirs(0ms);
            echo_rig r(1, [&](homeserver::server_options& how) { how.time_source = &theirs; });
            theirs.follow(r.w.time);
            r.open();
            r.faults().on(method::put, "/rooms/{room}/send/{type}/{txn}").does(fault::drop_after());
            r.command();
            r.w.pass(1min);
            r.w.time.skew(jump);
            r.w.pass(1min);
            r.close();
            r.w.network->calm();
            r.open();
            r.expect_each_once();
        }
    }

    TEST_CASE("events from the end of time and from before its beginning are handled like others") {
        echo_rig r;
        r.open();
        for (auto const* when :
             {"9223372036854775807", "-9223372036854775808", "18446744073709551615", "1e300", "-1", "0", "\"now\"", "null"}) {
            r.said.push_back("t" + std::to_string(r.said.size()));
            auto const event = R"({"type":"m.room.message","sender":"@ann:test","event_id":"$)" + r.said.back() +
                               R"(","origin_server_ts":)" + when + R"(,"content":{"msgtype":"m.text","body":")" + r.said.back() + "\"}}";
            auto const rule =
                r.faults().on("/sync").once().does(fault::lie("an odd time", [room = r.room, event](boost::json::object& whole) {
                    auto made = base::parse_json(event).value();
                    auto& events =
                        whole["rooms"].emplace_object()["join"].emplace_object()[room].emplace_object()["timeline"].emplace_object();
                    events["events"].emplace_array().push_back(std::move(made));
                }));
            r.w.pass(1min);
            CHECK(rule.hits() == 1);
        }
        r.w.pass(1min);
        CHECK(r.heard == r.said);
        CHECK(r.ann.bodies(r.room, r.account.id()) == r.echoes());
    }
}

}  // namespace chatrixcd::test

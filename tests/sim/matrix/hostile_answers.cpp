// SPDX-License-Identifier: Apache-2.0
// Answers that are wrong or endless, at every endpoint that the client calls.
#include <boost/json/object.hpp>

#include "matrix/hostile_rig.hpp"

namespace chatrixcd::test {

using namespace std::chrono_literals;
namespace testing = homeserver::testing;
using testing::wrong;

namespace {

std::vector<fault> wrong_answers() {
    return {fault::wrong_json(wrong::no_json),
            fault::wrong_json(wrong::empty),
            fault::wrong_json(wrong::null),
            fault::wrong_json(wrong::array),
            fault::wrong_json(wrong::cut),
            fault::wrong_json(wrong::types),
            fault::wrong_json(wrong::deep),
            fault::wrong_json(wrong::huge_numbers),
            fault::wrong_json(wrong::duplicate_keys),
            fault::wrong_json(wrong::invalid_utf8),
            fault::lie("nothing", [](boost::json::object& whole) { whole.clear(); })};
}

constexpr std::size_t hundred_megabytes = 100U << 20U;

// What a bot calls while it runs, apart from what the echo does by itself.
void call_everything(echo_rig& r) {
    matrix::room const room = r.bot->room(matrix::room_id(r.room));
    (void)r.w.run(room.typing(true));
    (void)r.w.run(room.mark_read(matrix::event_id("$x")));
    (void)r.w.run(room.put_state("m.room.topic", "", boost::json::object{{"topic", "x"}}));
    (void)r.w.run(room.invite(matrix::user_id("@ann:test")));
    (void)r.w.run(room.join());
    (void)r.w.run(r.bot->create_room(matrix::new_room()));
}

// A gap: more events than a sync shows come while the bot is away, a command among the first.
void leave_a_gap(echo_rig& r) {
    r.close();
    r.command();
    boost::json::object notice;
    notice["msgtype"] = "m.notice";
    notice["body"] = "chatter";
    for (int i = 0; i < 60; ++i) r.ann.send(r.room, "m.room.message", notice);
    r.open();
}

}  // namespace

TEST_SUITE("matrix::hostile answers") {
    TEST_CASE("a wrong answer to any request of a running client is asked for again, or one error of that request") {
        for (auto const& trouble : wrong_answers()) {
            INFO(trouble.description());
            echo_rig r;
            r.open();
            std::vector<testing::faults::rule> rules;
            for (auto const* endpoint :
                 {"/sync", "/rooms/{room}/send/{type}/{txn}", "/rooms/{room}/typing/{user}", "/rooms/{room}/receipt/**",
                  "/rooms/{room}/state/**", "/rooms/{room}/invite", "/rooms/{room}/join", "/createRoom"}) {
                rules.push_back(r.faults().on(endpoint).times(2).does(trouble));
            }
            r.command();
            call_everything(r);
            r.w.pass(30s);
            for (auto const& rule : rules) CHECK(rule.hits() > 0);
            r.expect_each_once();
        }
    }

    TEST_CASE("wrong pages of missed messages are fetched again, and every message is handled in its order") {
        for (auto const& trouble : wrong_answers()) {
            INFO(trouble.description());
            echo_rig r;
            r.open();
            auto const pages = r.faults().on("/rooms/{room}/messages").times(2).does(trouble);
            leave_a_gap(r);
            r.w.pass(2min);
            CHECK(pages.hits() > 0);
            r.expect_each_once();
        }
    }

    TEST_CASE("wrong answers to what a start asks are one clear error, or the start goes on; nothing is spoiled for the next") {
        for (auto const* endpoint : {"/_matrix/client/versions", "/login", "/account/whoami"}) {
            echo_rig r;
            for (auto const& trouble : wrong_answers()) {
                INFO(endpoint, " ", trouble.description());
                r.make();
                auto const rule = r.faults().on(endpoint).does(trouble);
                auto source = matrix::login::password(matrix::user_id("@bot:test"), base::secret(password));
                auto const started = r.w.run(r.bot->start(std::move(source)));
                if (!started) {
                    CHECK_FALSE(started.error().message().empty());
                    CHECK(started.error().describe().size() < 1000);
                }
                r.close();
                rule.end();
            }
            r.open();
            r.expect_each_once();
        }
    }

    TEST_CASE("100 MB where a few bytes belong are refused at the cap, at every endpoint, and nothing is lost") {
        echo_rig r;
        r.open();
        std::vector<testing::faults::rule> rules;
        for (auto const* endpoint : {"/sync", "/rooms/{room}/send/{type}/{txn}", "/rooms/{room}/typing/{user}", "/rooms/{room}/state/**",
                                     "/createRoom", "/rooms/{room}/messages"}) {
            rules.push_back(r.faults().on(endpoint).once().does(fault::huge(hundred_megabytes)));
        }
        r.command();
        call_everything(r);
        r.w.pass(1min);
        leave_a_gap(r);
        r.w.pass(1min);
        for (auto const* endpoint : {"/_matrix/client/versions", "/account/whoami"}) {
            rules.push_back(r.faults().on(endpoint).once().does(fault::huge(hundred_megabytes)));
            r.close();
            r.make();
            auto source = matrix::login::password(matrix::user_id("@bot:test"), base::secret(password));
            auto const started = r.w.run(r.bot->start(std::move(source)));
            REQUIRE_FALSE(started);
            CHECK(contains(started.error().describe(), "the answer is longer than"));
        }
        r.close();
        r.open();
        for (auto const& rule : rules) CHECK(rule.hits() == 1);
        r.expect_each_once();
    }

    TEST_CASE("a sync of 100 MB with something in it is taken like a small one") {
        echo_rig r;
        r.open();
        auto const large = fault::lie("100 MB beside the truth",
                                      [](boost::json::object& whole) { whole["padding"] = std::string(hundred_megabytes, 'x'); });
        r.command();
        auto const rule = r.faults().on("/sync").once().does(large);
        r.w.pass(1min);
        CHECK(rule.hits() == 1);
        CHECK(r.logged("the sync fails") == 0);
        r.expect_each_once();
    }

    TEST_CASE("a person cannot stop the bot with an event that is nested as deep as a homeserver lets it be") {
        echo_rig r;
        r.open();
        boost::json::value deep = 1;
        for (int i = 0; i < 60; ++i) {
            boost::json::object around;
            around["a"] = std::move(deep);
            deep = std::move(around);
        }
        boost::json::object content;
        content["msgtype"] = "m.text";
        content["body"] = "deep";
        content["x"] = std::move(deep);
        r.ann.send(r.room, "m.room.message", std::move(content));
        r.said.push_back("deep");
        r.command();
        r.w.pass(1min);
        CHECK(r.logged("the sync fails") == 0);
        r.expect_each_once();
    }

    TEST_CASE("nor with one that is nested 20,000 deep, if his homeserver lets it pass") {
        echo_rig r;
        r.open();
        std::string const nest = std::string(20000, '[') + std::string(20000, ']');
        r.command();
        r.w.pass(10s);
        r.w.network->observer = nullptr;
        bool once = false;
        r.w.network->faults = [&](base::http::request const& q) {
            auto const at = q.url.find("since=");
            if (!contains(q.path(), "/sync") || at == std::string::npos || once) return fault::none();
            once = true;
            auto const since = q.url.substr(at + 6, q.url.find('&', at) - at - 6);
            return fault::answer(base::http::response(
                200,
                R"({"next_batch":")" + since + R"x(x","rooms":{"join":{")x" + r.room + R"(":{"timeline":{"events":[
                {"type":"m.room.message","sender":"@ann:test","event_id":"$deep","content":{"msgtype":"m.text","body":"deep","x":)" +
                    nest +
                    R"(}},{"type":"m.room.message","sender":"@ann:test","event_id":"$flat","content":{"msgtype":"m.text","body":"flat \" [[ ]"}}
                ]}}}}})"));
        };
        r.w.until([&] { return r.heard.size() == 3; }, 5min);
        CHECK(r.heard == strings{"c1", "deep", "flat \" [[ ]"});
    }
}

}  // namespace chatrixcd::test

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/matrix/features.hpp>
#include <chatrixcd/matrix/sync_filter.hpp>

#include "support/run_coroutine.hpp"
#include "sync/passing.hpp"

namespace chatrixcd::test {

namespace asio = boost::asio;
namespace json = boost::json;
using matrix::passing;

namespace {

std::string text(matrix::sync_filter const& filter, bool everything = false) {
    matrix::sync_filter::extras shown;
    shown.presence = shown.account_data = shown.ephemeral = everything;
    return json::serialize(filter.sync_json(shown));
}

class listener {
public:
    explicit listener(std::function<asio::awaitable<void>(passing)> to) : queue(loop.get_executor(), std::move(to), base::logger()) {}
    void hear(std::string const& response) { queue.take(**matrix::detail::document::parse(response)); }
    void run() {
        base::task_group tasks(loop.get_executor(), [](std::exception_ptr) {});
        tasks.spawn(queue.run());
        while (loop.poll() > 0) {
        }
        tasks.cancel();
        run_coroutine<void>(loop, tasks.join());
    }
    asio::io_context loop;
    matrix::detail::passing_queue queue;
};

}  // namespace

TEST_SUITE("matrix::filter") {
    TEST_CASE("what nobody asks for is not shown") {
        CHECK(text(matrix::sync_filter()) ==
              R"({"presence":{"not_types":["*"]},"account_data":{"not_types":["*"]},"room":{"timeline":{"limit":50},)"
              R"("state":{"lazy_load_members":true},"ephemeral":{"not_types":["*"]},"account_data":{"not_types":["*"]}}})");
        CHECK(text(matrix::sync_filter(), true) == R"({"room":{"timeline":{"limit":50},"state":{"lazy_load_members":true}}})");
    }

    TEST_CASE("a filter of one's own reaches the sync and, for what a sync leaves out, the history") {
        matrix::sync_filter filter;
        filter.timeline_limit(5000).lazy_members(false).without_types({"m.call.*"}).without_senders({"@noise:b"});
        filter.only_rooms({"!a:b"}).without_rooms({"!b:b"});
        CHECK(text(filter, true) == R"({"room":{"timeline":{"not_types":["m.call.*"],"not_senders":["@noise:b"],"limit":1000},)"
                                    R"("state":{"lazy_load_members":false},"rooms":["!a:b"],"not_rooms":["!b:b"]}})");
        CHECK(json::serialize(filter.messages_json()) == R"({"not_types":["m.call.*"],"not_senders":["@noise:b"]})");
        CHECK(matrix::sync_filter().messages_json().empty());
    }

    TEST_CASE("what a homeserver can do is read from its versions and flags, whatever they hold") {
        auto const features = [](char const* answer) { return matrix::server_features(json::parse(answer).as_object(), {}); };
        auto const synapse =
            features(R"({"versions":["r0.6.1","v1.1","v1.12"],"unstable_features":{"org.matrix.msc4222":true,"x":false}})");
        CHECK(synapse.has_version("v1.11"));
        CHECK(synapse.has_version("v1.12"));
        CHECK_FALSE(synapse.has_version("v1.16"));
        CHECK_FALSE(synapse.has_version("v2.0"));
        CHECK(synapse.has_unstable("org.matrix.msc4222"));
        CHECK_FALSE(synapse.has_unstable("x"));
        CHECK(features(R"({"versions":["v1.18"]})").has_version("v1.16"));
        auto const junk = features(
            R"({"versions":[7,"v","v1","v1.","v.1","v1.x","v-1.2","v99999999999.1",null],"unstable_features":{"a":"true","b":1}})");
        CHECK_FALSE(junk.has_version("v0.0"));
        CHECK_FALSE(junk.has_version("v1.0"));
        CHECK_FALSE(junk.has_unstable("a"));
    }
}

TEST_SUITE("matrix::passing") {
    constexpr char const* everything = R"({"next_batch":"s",
        "to_device":{"events":[{"type":"m.test","sender":"@ann:b","content":{"n":1}},{"type":"m.bad","sender":"ann","content":{}}]},
        "account_data":{"events":[{"type":"m.direct","content":{}}]},
        "presence":{"events":[{"type":"m.presence","sender":"@ann:b","content":{"presence":"online"}}]},
        "rooms":{"join":{"!a:b":{
            "ephemeral":{"events":[{"type":"m.typing","content":{"user_ids":[]}},{"type":"m.receipt","content":{}},
                {"type":"m.else","content":{}},
                7,{"type":"m.typing"}]},
            "account_data":{"events":[{"type":"m.tag","content":{}}]}},
            "no room":{"ephemeral":{"events":[{"type":"m.typing","content":{}}]}}}}})";

    TEST_CASE("what passes by is told, in order, with what it is about") {
        std::vector<std::string> heard;
        listener l([&](passing what) -> asio::awaitable<void> {
            heard.push_back(what.type() + " " + what.room().str() + " " + what.sender().str());
            co_return;
        });
        l.hear(everything);
        l.run();
        CHECK(heard == std::vector<std::string>{"m.test  @ann:b", "m.direct  ", "m.presence  @ann:b", "m.tag !a:b ", "m.typing !a:b ",
                                                "m.receipt !a:b "});
    }

    TEST_CASE("a handler that is too slow loses the oldest, one that fails loses one") {
        std::vector<std::int64_t> heard;
        listener l([&](passing what) -> asio::awaitable<void> {
            heard.push_back(what.content().at("n").as_int64());
            if (heard.size() == 1) throw std::runtime_error("once");
            co_return;
        });
        for (int i = 0; i < 1500; ++i) {
            l.hear(R"({"to_device":{"events":[{"type":"t","sender":"@a:b","content":{"n":)" + std::to_string(i) + "}}]}}");
        }
        l.run();
        REQUIRE(heard.size() == 1000);
        CHECK(heard.front() == 500);
        CHECK(heard.back() == 1499);
    }

    TEST_CASE("what passes by is bounded in bytes too") {
        std::size_t heard = 0;
        listener l([&](passing) -> asio::awaitable<void> {
            ++heard;
            co_return;
        });
        std::string const big(1U << 20U, 'x');
        for (int i = 0; i < 10; ++i) l.hear(R"({"account_data":{"events":[{"type":"t","content":{"n":")" + big + "\"}}]}}");
        l.hear(R"({"account_data":{"events":[{"type":"t","content":{"n":")" + big + big + big + big + "\"}}]}}");
        l.run();
        CHECK(heard == 3);
    }
}

}  // namespace chatrixcd::test

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/http_bodies.hpp>
#include <chatrixcd/base/virtual_clock.hpp>
#include <support/run_coroutine.hpp>

#include "http/bodies.hpp"

namespace asio = boost::asio;
namespace base = chatrixcd::base;
namespace http = chatrixcd::base::http;
namespace test = chatrixcd::test;
using base::error_kind;
using http::method;

namespace {

// Answers with the body that it got.
class echo final : public http::handler {
public:
    asio::awaitable<http::response> handle(http::request r) override {
        CHECK(r.source == nullptr);
        ++handled;
        co_return http::response(status, std::move(r.body), r.headers.get("Content-Type").value_or("none"));
    }
    unsigned status = 200;
    int handled = 0;
};

// A transport without a socket, as whoever writes one does it.
class straight final : public http::transport {
public:
    explicit straight(http::handler& server) : server_(server) {}
    asio::awaitable<base::result<http::response>> send(http::request r) override {
        auto const sink = r.sink;
        auto const most = r.max_response;
        auto whole = co_await http::gather_body(std::move(r));
        if (!whole) co_return whole.error();
        auto said = co_await server_.handle(std::move(*whole));
        co_return co_await http::deliver_body(std::move(said), sink, most);
    }

private:
    http::handler& server_;
};

struct fixture {
    asio::io_context loop{1};
    base::virtual_clock time;
    echo server;
    straight network{server};

    base::result<http::response> send(http::request r) { return test::run_virtual(loop, time, network.send(std::move(r))); }
};

http::request upload(std::shared_ptr<http::body_source> from) {
    return http::request(method::post, "http://test/").with_body_from(std::move(from), "text/plain");
}

}  // namespace

TEST_SUITE("base::http bodies without a socket") {
    TEST_CASE_FIXTURE(fixture, "a transport without a socket gathers a source's pieces and delivers pieces to a sink") {
        auto const source = std::make_shared<test::patterned_source>(200000);
        auto const sink = std::make_shared<test::checking_sink>();
        auto const answer = send(upload(source).with_sink(sink)).value();
        CHECK(answer.status == 200);
        CHECK(answer.headers.get("Content-Type") == "text/plain");
        CHECK(answer.body.empty());
        CHECK(sink->size() == 200000);
        CHECK(sink->is_as_patterned());
        CHECK(sink->largest_piece() == http::max_piece);
        CHECK(source->largest_piece() == http::max_piece);
    }

    TEST_CASE_FIXTURE(fixture, "a second attempt begins anew on both sides") {
        auto const sink = std::make_shared<http::string_sink>();
        auto const r = upload(http::make_string_source("hello")).with_sink(sink);
        for (int i = 0; i < 2; ++i) CHECK(send(r).has_value());
        CHECK(sink->content() == "hello");
    }

    TEST_CASE_FIXTURE(fixture, "only the body of a 2xx answer goes to the sink") {
        server.status = 404;
        auto const sink = std::make_shared<http::string_sink>();
        auto const answer = send(upload(http::make_string_source("not here")).with_sink(sink)).value();
        CHECK(answer.body == "not here");
        CHECK(sink->content().empty());
    }

    TEST_CASE_FIXTURE(fixture, "the cap holds for what goes to a sink too") {
        auto const sink = std::make_shared<http::string_sink>();
        CHECK(send(upload(http::make_string_source("12345")).with_sink(sink).with_max_response(4)).error().kind() == error_kind::too_large);
        CHECK(send(upload(http::make_string_source("12345")).with_max_response(4)).error().kind() == error_kind::too_large);
        CHECK(sink->content().empty());
    }

    TEST_CASE_FIXTURE(fixture, "a source that fails, lies about its size or gives too much ends the request before it is sent") {
        for (auto const fault : {test::patterned_source::fault::fails, test::patterned_source::fault::ends_early,
                                 test::patterned_source::fault::gives_too_much, test::patterned_source::fault::cannot_rewind}) {
            auto const source = std::make_shared<test::patterned_source>(200000, fault);
            auto const refused = send(upload(source));
            REQUIRE_FALSE(refused.has_value());
            CHECK(refused.error().kind() == test::kind_of(fault));
        }
        CHECK(server.handled == 0);
    }

    TEST_CASE_FIXTURE(fixture, "a sink that fails ends the request with its error") {
        auto const sink = std::make_shared<test::checking_sink>(/*fails_after=*/100000);
        auto const refused = send(upload(http::make_string_source(std::string(200000, 'x'))).with_sink(sink));
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().message() == "the sink is full");
    }
}

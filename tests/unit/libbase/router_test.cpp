// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

#include <chatrixcd/base/router.hpp>
#include <support/run_coroutine.hpp>

namespace asio = boost::asio;
namespace http = chatrixcd::base::http;
namespace test = chatrixcd::test;

namespace {

http::router::function answer(std::string text) {
    return [text](http::routed_request r) -> asio::awaitable<http::response> {
        auto body = text;
        for (auto const& [name, value] : r.parameters) body += " " + name + "=" + value;
        co_return http::response(200, body, "text/plain");
    };
}

http::response refuse(bool path_exists) { return http::response(path_exists ? 405 : 404); }

// What a router answers, "200 text" or the status.
std::string ask(http::router const& routes, http::method verb, std::string target) {
    asio::io_context loop(1);
    auto const answer = test::run_coroutine(loop, routes.route(http::request(verb, std::move(target)), refuse));
    return std::to_string(answer.status) + (answer.body.empty() ? "" : " " + answer.body);
}

}  // namespace

TEST_SUITE("base::http::router") {
    TEST_CASE("a value is one segment, decoded") {
        http::router routes;
        routes.add(http::method::get, "/rooms/{room}/state/{type}", answer("state"));
        CHECK(ask(routes, http::method::get, "/rooms/%21a%3Ab%2Fc/state/m.room.name") == "200 state room=!a:b/c type=m.room.name");
        CHECK(ask(routes, http::method::get, "/rooms/a+b/state/x") == "200 state room=a+b type=x");
        CHECK(ask(routes, http::method::get, "/rooms//state/x") == "404");
        CHECK(ask(routes, http::method::get, "/rooms/%zz/state/x") == "404");
        CHECK(ask(routes, http::method::get, "/rooms/a/state") == "404");
        CHECK(ask(routes, http::method::get, "/rooms/a/state/x/") == "404");
    }

    TEST_CASE("literal segments win, also when only the name leads further") {
        http::router routes;
        routes.add(http::method::get, "/a/{x}", answer("name"));
        routes.add(http::method::get, "/a/b", answer("literal"));
        routes.add(http::method::get, "/a/{y}/c", answer("deep"));
        routes.add(http::method::put, "/a/{z}", answer("put"));
        CHECK(ask(routes, http::method::get, "/a/b") == "200 literal");
        CHECK(ask(routes, http::method::get, "/a/%62") == "200 literal");
        CHECK(ask(routes, http::method::get, "/a/q") == "200 name x=q");
        CHECK(ask(routes, http::method::get, "/a/b/c") == "200 deep y=b");
        CHECK(ask(routes, http::method::put, "/a/b") == "200 put z=b");
    }

    TEST_CASE("the wrong method is told from the wrong path, and HEAD is answered as GET") {
        http::router routes;
        routes.add(http::method::get, "/a", answer("get"));
        routes.add(http::method::post, "/b/", answer("slash"));
        CHECK(ask(routes, http::method::post, "/a") == "405");
        CHECK(ask(routes, http::method::get, "/") == "404");
        CHECK(ask(routes, http::method::head, "/a") == "200 get");
        CHECK(ask(routes, http::method::post, "/b/") == "200 slash");
        CHECK(ask(routes, http::method::post, "/b") == "404");
        CHECK(ask(routes, http::method::options, "*") == "404");
    }

    TEST_CASE("the query is parsed, and is no part of the path") {
        http::router routes;
        routes.add(http::method::get, "/a", [](http::routed_request r) -> asio::awaitable<http::response> {
            co_return http::response(200, r.query("x").value_or("?") + r.query("y").value_or("?"));
        });
        CHECK(ask(routes, http::method::get, "/a?x=1%2F2&x=3") == "200 1/2?");
    }

    TEST_CASE("two functions for one route are a mistake of ours") {
        http::router routes;
        routes.add(http::method::get, "/a/{x}", answer("1"));
        routes.add(http::method::put, "/a/{x}", answer("2"));
        CHECK_THROWS_AS(routes.add(http::method::get, "/a/{y}", answer("3")), std::logic_error);
        CHECK_THROWS_AS(routes.add(http::method::get, "a", answer("4")), std::logic_error);
        CHECK_THROWS_AS(http::routed_request(http::request()).parameter("none"), std::logic_error);
    }
}

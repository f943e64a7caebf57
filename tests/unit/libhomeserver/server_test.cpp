// SPDX-License-Identifier: Apache-2.0
// The server as a program runs it: with a store thread, worker threads and the real clock; and clients that go away.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <chatrixcd/base/clock.hpp>
#include <set>

#include "rig.hpp"
#include "support/run_coroutine.hpp"

using namespace chatrixcd;
using namespace chatrixcd::test;

TEST_SUITE("homeserver::server") {
    TEST_CASE("many requests at once, on real threads, each make one event") {
        boost::asio::io_context loop;
        auto const clock = base::make_system_clock();
        auto const random = base::make_system_random();
        auto const workers = base::make_worker_pool(2);
        homeserver::server_options options(*clock, *random);
        options.password_cost = 4;
        options.workers = workers.get();
        auto server = run_coroutine(loop, homeserver::server::open(loop.get_executor(), std::move(options))).value();
        auto const ann = run_coroutine(loop, server->register_user("ann", base::secret("pw"))).value();
        auto const request = [&](method verb, std::string const& path, std::string const& body) {
            base::http::request r(verb, "/_matrix/client/v3" + path);
            r.body = body;
            r.headers.set("Authorization", "Bearer " + ann.access_token.reveal());
            return server->handle(std::move(r));
        };
        auto const made = run_coroutine(loop, request(method::post, "/createRoom", "{}"));
        auto const room = "/rooms/" + escaped(json::parse(made.body).at("room_id").as_string());

        constexpr int count = 100;
        int done = 0;
        std::set<std::string> events;
        for (int i = 0; i < count; ++i) {
            auto const path = room + "/send/m.room.message/t" + std::to_string(i / 2);
            boost::asio::co_spawn(loop, request(method::put, path, "{}"), [&](std::exception_ptr, base::http::response said) {
                ++done;
                if (said.status == 200) events.emplace(json::parse(said.body).at("event_id").as_string());
            });
        }
        loop.restart();
        loop.run_for(std::chrono::seconds(20));
        CHECK(done == count);
        CHECK(events.size() == count / 2);
        auto const page = run_coroutine(loop, request(method::get, room + "/messages?dir=f&limit=1000", ""));
        auto const body = json::parse(page.body);
        auto const types = each(body.at("chunk"), "type");
        CHECK(std::count(types.begin(), types.end(), "m.room.message") == count / 2);
        run_coroutine(loop, server->stop());
    }

    TEST_CASE("a client that goes away in the middle of a long poll leaves nothing behind") {
        rig at;
        auto const ann = at.add("ann");
        auto const since = std::string(ann.sync().at("next_batch").as_string());
        boost::asio::cancellation_signal gone;
        bool ended = false;
        auto r = at.request(method::get, "/sync?timeout=30000&since=" + since, {}, ann.token);
        boost::asio::co_spawn(
            at.loop, at.server->handle(std::move(r)),
            boost::asio::bind_cancellation_slot(gone.slot(), [&](std::exception_ptr e, base::http::response) { ended = e != nullptr; }));
        at.settle();
        CHECK(!ended);
        gone.emit(boost::asio::cancellation_type::terminal);
        at.settle();
        CHECK(ended);
        // The server waits for nobody when it stops, and no time passes.
        at.close();
        CHECK(at.time.uptime().count() == 0);
    }
}

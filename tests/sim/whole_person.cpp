// SPDX-License-Identifier: Apache-2.0
#include "sim/whole_person.hpp"

#include <boost/json/array.hpp>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/url.hpp>

#include "sim/whole_requests.hpp"

namespace chatrixcd::test {

namespace asio = boost::asio;
namespace json = boost::json;

whole_person::whole_person(asio::any_io_executor executor, matrix::options how, whole_network& net, base::http::handler& server,
                           homeserver::registered account, std::uint64_t seed)
    : server_(server),
      account_(std::move(account)),
      entropy_(base::make_seeded_random(seed)),
      network_(net),
      client_(std::move(executor), how.random(*entropy_).transport(network_).store_runner(base::make_inline_store_runner)) {
    client_.deliver_if([me = account_.user](matrix::room_id const&, matrix::event const& e) {
        return e.sender() != me && (e.type() == "m.room.message" || e.type() == "m.reaction");
    });
    client_.on_message([this](matrix::message m) -> asio::awaitable<void> {
        ++seen_[m.id().str()];
        co_return;
    });
    client_.on_event([this](matrix::room, matrix::event e) -> asio::awaitable<void> {
        ++seen_[e.id().str()];
        co_return;
    });
}

asio::awaitable<void> whole_person::start() {
    auto tokens = matrix::login::token(account_.access_token);
    auto const started = co_await client_.start(std::move(tokens));
    started.value();
    auto const synced = co_await client_.synced();
    synced.value();
}

asio::awaitable<void> whole_person::stop() { co_await client_.stop(); }

void whole_person::stop_listening() {
    listening_ = false;
    network_.stop_listening();
}

asio::awaitable<std::string> whole_person::make_room(std::string name, std::string invited) {
    auto wish = matrix::new_room().name(std::move(name)).invite(matrix::user_id(std::move(invited)));
    auto const made = co_await client_.create_room(std::move(wish));
    co_return made.value().str();
}

asio::awaitable<std::string> whole_person::say(std::string room, matrix::outgoing what) {
    auto const sent = co_await client_.room(matrix::room_id(std::move(room))).send(std::move(what));
    co_return sent.value().str();
}

asio::awaitable<void> whole_person::edit(std::string room, std::string event, std::string text) {
    auto what = matrix::outgoing::text(std::move(text));
    auto const sent = co_await client_.room(matrix::room_id(std::move(room))).edit(matrix::event_id(std::move(event)), std::move(what));
    sent.value();
}

asio::awaitable<std::vector<json::object>> whole_person::history(std::string room) {
    std::vector<json::object> events;
    auto const first = "/rooms/" + base::percent_encode(room) + "/messages?dir=f&limit=1000";
    auto path = first;
    for (;;) {
        auto const page = co_await ask(server_, base::http::method::get, path, account_.access_token.reveal());
        for (auto const& event : *base::find_array(page, "chunk")) events.push_back(event.as_object());
        auto const end = base::find_string(page, "end");
        if (!end) break;
        path = first + "&from=" + base::percent_encode(*end);
    }
    co_return events;
}

}  // namespace chatrixcd::test

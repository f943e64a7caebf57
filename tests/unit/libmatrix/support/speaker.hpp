// SPDX-License-Identifier: Apache-2.0
// Clients with encryption, and the room in which they talk.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/json_reader.hpp>

#include "support/requests.hpp"
#include "support/world.hpp"

namespace chatrixcd::test {

using strings = std::vector<std::string>;

// A client with encryption that writes down what it hears, and perhaps answers.
class speaker {
public:
    speaker(world& of, std::string who, bool answers = false) : w(of), name(std::move(who)), store(name), answers_(answers) { open(); }
    speaker(world& of, std::string who, base::store_hooks hooks)
        : w(of), name(std::move(who)), store(name), answers_(true), hooks_(std::move(hooks)) {
        open();
    }
    // Another device of the same account; `admits`: gives keys to devices that nobody vouches for, too.
    speaker(world& of, std::string who, std::string in, bool admits) : w(of), name(std::move(who)), store(std::move(in)), admits_(admits) {
        open();
    }
    // As the options are then set.
    speaker(world& of, std::string who, std::string in, std::function<void(matrix::options&)> adjust)
        : w(of), name(std::move(who)), store(std::move(in)), adjust_(std::move(adjust)) {
        open();
    }
    ~speaker() {
        if (client) w.stop(*client);
    }

    void open() {
        client = w.make_client("store-" + store, [this](matrix::options& o) {
            o.encryption(true);
            if (admits_) o.unsigned_devices([](matrix::room_id const&) { return true; });
            o.store_hooks(hooks_);
            if (adjust_) adjust_(o);
        });
        client->on_newcomer([this](matrix::room, matrix::newcomer who) -> boost::asio::awaitable<void> {
            newcomers.push_back(std::move(who));
            co_return;
        });
        client->on_message([this](matrix::message m) -> boost::asio::awaitable<void> {
            heard.push_back(m.text());
            trusts.push_back(m.trust());
            if (answers_) (co_await m.reply(matrix::outgoing::text("got " + m.text()))).value();
        });
        w.start(*client, name);
    }
    void reopen() {
        w.stop(*client);
        client.reset();
        open();
    }
    void say(std::string const& room, std::string text) {
        auto sent = w.run(client->room(matrix::room_id(room)).send(matrix::outgoing::text(std::move(text))));
        INFO((sent ? std::string() : sent.error().describe()));
        CHECK(sent.has_value());
    }
    void wait_for(std::string const& text) {
        w.until([&] { return std::ranges::find(heard, text) != heard.end(); });
    }

    world& w;
    std::string name;
    std::string store;
    std::unique_ptr<matrix::client> client;
    strings heard;
    std::vector<matrix::trust> trusts;
    std::vector<matrix::newcomer> newcomers;

private:
    bool answers_ = false;
    bool admits_ = false;
    base::store_hooks hooks_;
    std::function<void(matrix::options&)> adjust_;
};

// An encrypted room of both accounts.
inline std::string const secret_wish =
    R"({"invite":["@bot:test"],"initial_state":[{"type":"m.room.encryption","state_key":"","content":{"algorithm":"m.megolm.v1.aes-sha2"}}]})";
inline std::string secret_room(world& w, person& ann, person& bot) {
    auto room = make_room_as(w, ann, secret_wish);
    bot.join(room);
    return room;
}

// What the homeserver saw of a room, by type.
inline std::size_t count_of(person& who, std::string const& room, std::string const& type) {
    auto const all = who.history(room);
    return static_cast<std::size_t>(
        std::ranges::count_if(all, [&](boost::json::object const& e) { return base::find_string(e, "type") == type; }));
}

// The Megolm session of each message of the room, in their order.
inline strings sessions_of(person& who, std::string const& room) {
    strings sessions;
    for (auto const& event : who.history(room)) {
        if (base::find_string(event, "type") != "m.room.encrypted") continue;
        sessions.push_back(base::find_string(*base::find_object(event, "content"), "session_id").value_or("?"));
    }
    return sessions;
}

}  // namespace chatrixcd::test

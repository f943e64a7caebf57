// SPDX-License-Identifier: Apache-2.0
// The bot as the program wires it, with people at clients of their own in an encrypted room: on the embedded homeserver, in virtual time.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/matrix/fingerprint.hpp>

#include "config/config.hpp"
#include "verification/shown_codes.hpp"
#include "wiring.hpp"

#include "unit/libmatrix/support/requests.hpp"
#include "unit/libmatrix/support/world.hpp"

namespace chatrixcd::test {

inline void check_shows(std::string const& text, std::string const& part) {
    CAPTURE(text);
    CAPTURE(part);
    CHECK(contains(text, part));
}

// Somebody at an encrypted client.
class colleague {
public:
    colleague(world& of, std::string name, std::string in_room) : w(of), room(std::move(in_room)), later(of.loop.get_executor(), nullptr) {
        client = w.make_client("store-" + name, [](matrix::options& o) { o.encryption(true); });
        client->deliver_if([](matrix::room_id const&, matrix::event const& e) { return e.type() == "m.room.message"; });
        client->on_message([this](matrix::message m) -> boost::asio::awaitable<void> {
            if (m.sender().str() == "@bot:test") heard.push_back(m.text());
            co_return;
        });
        client->on_verification([this](matrix::verification asked) { return look_after(std::move(asked)); });
        w.start(*client, name);
        own = w.run(client->identity()).value();
    }
    ~colleague() {
        w.stop(*client);
        w.run(later.join());
    }

    // Says it in the room; what the bot answers.
    std::string ask(std::string const& line) {
        auto const before = heard.size();
        w.run(client->room(matrix::room_id(room)).send(matrix::outgoing::text(line))).value();
        w.until([&] { return heard.size() > before; });
        return heard.back();
    }
    // Asks the bot to be verified, in the room.
    void begin_verification() {
        auto asked = w.run(client->verify(matrix::room_id(room), matrix::user_id("@bot:test"))).value();
        later.spawn(look_after(std::move(asked)));
    }
    boost::asio::awaitable<void> look_after(matrix::verification asked) {
        ++asked_or_asking;
        auto const shown = co_await asked.codes();
        if (!shown) {
            problem = shown.error().message();
            co_return;
        }
        codes = *shown;
        going_on = asked;
        auto const ended = co_await asked.ended();
        if (!ended) problem = ended.error().message();
    }
    // Says that the codes are the same.
    void confirm() {
        later.spawn([](colleague& who) -> boost::asio::awaitable<void> {
            auto const proof = co_await who.going_on->confirm();
            who.has_verified = proof.has_value();
        }(*this));
    }

    world& w;
    std::string room;
    std::unique_ptr<matrix::client> client;
    matrix::own_identity_state own;
    std::vector<std::string> heard;
    unsigned asked_or_asking = 0;
    std::optional<matrix::verification_codes> codes;
    std::optional<matrix::verification> going_on;
    std::string problem;
    bool has_verified = false;
    base::task_group later;
};

class keeping_lines final : public base::log_sink {
public:
    void write(base::log_record const& record) override {
        auto line = record.component + ": " + record.message;
        for (auto const& field : record.fields) line += " " + field.name + "=" + field.value;
        lines.push_back(std::move(line));
    }
    std::vector<std::string> lines;
};

// Ann and Bob are admins, Mallory is in the room.
class verification_office {
public:
    verification_office()
        : ann_account(w.add("ann")),
          bob_account(w.add("bob")),
          mallory_account(w.add("mallory")),
          bot_account(w.add("bot")),
          room(make_room_as(
              w, ann_account,
              R"({"invite":["@bob:test","@bot:test","@mallory:test"],"initial_state":[{"type":"m.room.encryption","state_key":"","content":{"algorithm":"m.megolm.v1.aes-sha2"}}]})")),
          plain_room(ann_account.make_room({"@bob:test", "@bot:test"})),
          life(w.loop.get_executor(), nullptr) {
        for (auto* each : {&bob_account, &bot_account, &mallory_account}) each->join(room);
        for (auto* each : {&bob_account, &bot_account}) each->join(plain_room);
        ann = std::make_unique<colleague>(w, "ann", room);
        bob = std::make_unique<colleague>(w, "bob", room);
        settings.matrix.homeserver = "http://test.invalid";
        settings.matrix.user_id = "@bot:test";
        settings.matrix.store_path = w.path("bot");
        settings.matrix.encryption = "on";
        settings.bot.admin_users = {"@ann:test", "@bob:test"};
        settings.bot.allowed_rooms = {room, plain_room};
    }
    ~verification_office() { stop_bot(); }

    bot::surroundings around() {
        bot::surroundings made(w.loop.get_executor(), w.time, *w.random, *w.network, base::logger(log, w.time, base::log_level::info));
        made.make_runner = base::make_inline_store_runner;
        return made;
    }
    std::shared_ptr<matrix::token_source> tokens() { return matrix::login::password(matrix::user_id("@bot:test"), base::secret(password)); }
    void start_bot() {
        running = std::make_unique<bot::running_bot>(around(), settings, tokens(), recovery, base::store_key_source());
        auto const started = w.run(running->start());
        if (!started) FAIL(started.error().describe());
        life.spawn([](bot::running_bot& it) -> boost::asio::awaitable<void> { (void)co_await it.run(); }(*running));
        introduce();
    }
    void stop_bot() {
        if (!running) return;
        running->request_stop();
        w.run(running->stop());
        w.run(life.join());
        running.reset();
    }
    // People's clients have heard of the bot's device: before that it is given no keys.
    void introduce() { w.pass(std::chrono::seconds(5)); }
    // The bot knows Bob by his device's key.
    void know_bob() { settings.matrix.verified = {"@bob:test " + matrix::shown_fingerprint(bob->own.fingerprint)}; }
    bool has_logged(std::string const& part, std::string const& other = {}) const {
        return std::ranges::any_of(log->lines, [&](std::string const& line) { return contains(line, part) && contains(line, other); });
    }

    world w;
    person ann_account;
    person bob_account;
    person mallory_account;
    person bot_account;
    std::string room;
    std::string plain_room;
    std::unique_ptr<colleague> ann;
    std::unique_ptr<colleague> bob;
    bot::config settings;
    std::optional<matrix::recovery_key> recovery;
    std::shared_ptr<keeping_lines> log = std::make_shared<keeping_lines>();
    std::unique_ptr<bot::running_bot> running;
    base::task_group life;
};

// The number of the one that goes on, out of what `verify` has shown.
inline std::string number_in(std::string const& shown) {
    auto const at = shown.find("verify yes ");
    return at == std::string::npos ? std::string() : shown.substr(at + 11, 4);
}

}  // namespace chatrixcd::test

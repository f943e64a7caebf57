// SPDX-License-Identifier: Apache-2.0
#include "support/world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/url.hpp>

namespace chatrixcd::test {

namespace json = boost::json;

namespace {

class keeping_sink final : public base::log_sink {
public:
    explicit keeping_sink(std::vector<std::string>& into) : into_(&into) {}
    void write(base::log_record const& record) override {
        auto line = record.component + ": " + record.message;
        for (auto const& field : record.fields) line += " " + field.name + "=" + field.value;
        into_->push_back(std::move(line));
    }

private:
    std::vector<std::string>* into_;
};

std::string escaped(std::string const& segment) { return base::percent_encode(segment); }

}  // namespace

person::person(world& of, homeserver::registered account) : world_(&of), account_(std::move(account)) {}

json::object person::ask(base::http::method verb, std::string const& path, json::object body) {
    base::http::request r(verb, "/_matrix/client/v3" + path);
    std::move(r).with_bearer(token());
    if (verb != base::http::method::get) std::move(r).with_body(json::serialize(body));
    auto const said = world_->run(world_->server->handle(std::move(r)));
    INFO(path, " answered ", said.body);
    REQUIRE(said.status == 200);
    return base::parse_json_object(said.body).value();
}

std::string person::make_room(std::vector<std::string> invited) {
    json::object wish;
    wish["preset"] = "private_chat";
    wish["invite"] = json::array(invited.begin(), invited.end());
    return base::find_string(ask(base::http::method::post, "/createRoom", std::move(wish)), "room_id").value();
}

void person::invite(std::string const& room, std::string const& user) {
    json::object body;
    body["user_id"] = user;
    ask(base::http::method::post, "/rooms/" + escaped(room) + "/invite", std::move(body));
}

void person::kick(std::string const& room, std::string const& user) {
    json::object body;
    body["user_id"] = user;
    ask(base::http::method::post, "/rooms/" + escaped(room) + "/kick", std::move(body));
}

void person::join(std::string const& room) { ask(base::http::method::post, "/rooms/" + escaped(room) + "/join"); }

std::string person::say(std::string const& room, std::string const& text) {
    json::object content;
    content["msgtype"] = "m.text";
    content["body"] = text;
    return send(room, "m.room.message", std::move(content));
}

std::string person::send(std::string const& room, std::string const& type, json::object content) {
    auto const path = "/rooms/" + escaped(room) + "/send/" + escaped(type) + "/t" + std::to_string(++transactions_);
    return base::find_string(ask(base::http::method::put, path, std::move(content)), "event_id").value();
}

std::vector<json::object> person::history(std::string const& room) {
    std::vector<json::object> events;
    std::string from;
    for (;;) {
        auto path = "/rooms/" + escaped(room) + "/messages?dir=f&limit=1000";
        if (!from.empty()) path += "&from=" + escaped(from);
        auto const page = ask(base::http::method::get, path);
        for (auto const& event : *base::find_array(page, "chunk")) events.push_back(event.as_object());
        auto const end = base::find_string(page, "end");
        if (!end) return events;
        from = *end;
    }
}

std::vector<std::string> person::bodies(std::string const& room, std::string const& sender) {
    std::vector<std::string> found;
    for (auto const& event : history(room)) {
        if (base::find_string(event, "type") != "m.room.message" || base::find_string(event, "sender") != sender) continue;
        found.push_back(base::find_string(*base::find_object(event, "content"), "body").value_or("?"));
    }
    return found;
}

world::world(std::uint64_t seed, std::function<void(homeserver::server_options&)> adjust)
    : random(base::make_seeded_random(seed)), server_random(base::make_seeded_random(seed + 1000)), folder_("chatrixcd-matrix-test") {
    homeserver::server_options how(time, *server_random);
    how.server_name = "test";
    how.make_runner = base::make_inline_store_runner;
    how.password_cost = 1;
    if (adjust) adjust(how);
    auto opened = run(homeserver::server::open(loop.get_executor(), std::move(how)));
    server = std::move(opened.value());
    network = std::make_unique<loopback_transport>(loop.get_executor(), time, *server, seed);
}

world::~world() {
    run(network->stop());
    run(server->stop());
}

person world::add(std::string const& localpart) {
    return person(*this, run(server->register_user(localpart, base::secret(password))).value());
}

std::unique_ptr<matrix::client> world::make_client(std::string const& folder, std::function<void(matrix::options&)> adjust) {
    auto sink = std::make_shared<keeping_sink>(log_lines);
    matrix::options how;
    // Most tests count requests, to which encryption would add its own.
    how.encryption(false);
    how.homeserver("http://test.invalid").time(time).random(*random).transport(*network).store_runner(base::make_inline_store_runner);
    how.log(base::logger(std::move(sink), time, log_from));
    if (!folder.empty()) how.store(path(folder));
    if (adjust) adjust(how);
    return std::make_unique<matrix::client>(loop.get_executor(), how);
}

void world::start(matrix::client& c, std::string const& localpart) {
    auto source = matrix::login::password(matrix::user_id("@" + localpart + ":test"), base::secret(password));
    auto const started = run(c.start(std::move(source)));
    if (!started) FAIL(started.error().describe());
}

void world::stop(matrix::client& c) { run(c.stop()); }

void world::until(std::function<bool()> done, base::duration limit) { REQUIRE(time.run_until(loop, done, limit)); }

void world::pass(base::duration span) { run(time.sleep(span)); }

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace chatrixcd::test

// SPDX-License-Identifier: Apache-2.0
#include "rig.hpp"

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <utility>

#include <chatrixcd/base/url.hpp>

#include "support/run_coroutine.hpp"

namespace chatrixcd::test {

namespace {

boost::asio::awaitable<void> keep_reply(homeserver::server& server, base::http::request r, std::function<void(reply)> into) {
    auto said = co_await server.handle(std::move(r));
    reply kept;
    kept.status = said.status;
    kept.headers = said.headers;
    json::parse_options deep;
    deep.max_depth = 200;
    bool const is_json = said.headers.get("Content-Type").value_or("") == "application/json";
    kept.raw = said.body;
    if (is_json && !said.body.empty()) kept.body = json::parse(said.body, {}, deep);
    into(std::move(kept));
}

}  // namespace

json::value at(json::value const& from, std::string_view path) {
    auto const* here = &from;
    while (!path.empty() && here != nullptr) {
        auto const end = path.find('/');
        auto const part = path.substr(0, end);
        path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
        if (here->is_object()) {
            here = here->get_object().if_contains(part);
        } else if (here->is_array()) {
            std::size_t index = 0;
            std::from_chars(part.data(), part.data() + part.size(), index);
            here = here->get_array().if_contains(index);
        } else {
            here = nullptr;
        }
    }
    return here == nullptr ? json::value() : *here;
}

std::vector<std::string> each(json::value const& array, std::string_view key) {
    std::vector<std::string> found;
    if (!array.is_array()) return found;
    for (auto const& entry : array.get_array()) {
        auto const value = at(entry, key);
        found.emplace_back(value.is_string() ? std::string(value.get_string()) : json::serialize(value));
    }
    return found;
}

json::object password_auth(std::string const& user, std::string const& session) {
    json::object auth;
    auth["type"] = "m.login.password";
    auth["identifier"] = {{"type", "m.id.user"}, {"user", user}};
    auth["password"] = good_password;
    auth["session"] = session;
    return auth;
}

std::string escaped(std::string_view segment) { return base::percent_encode(segment); }

std::string reply::text(std::string_view path) const {
    auto const value = at(body, path);
    return value.is_string() ? std::string(value.get_string()) : std::string();
}

rig::rig(std::string path, std::function<void(homeserver::server_options&)> const& adjust)
    : path_(std::move(path)), adjust_(adjust), random_(base::make_seeded_random(7)) {
    open();
}

rig::~rig() { close(); }

void rig::open() {
    homeserver::server_options options(time, *random_);
    options.store_path = path_;
    options.make_runner = base::make_inline_store_runner;
    options.password_cost = 1;
    options.open_registration = true;
    if (adjust_) adjust_(options);
    server = run_virtual(loop, time, homeserver::server::open(loop.get_executor(), std::move(options))).value();
}

void rig::close() {
    if (!server) return;
    run_virtual(loop, time, server->stop());
    server.reset();
}

void rig::reopen() {
    close();
    open();
}

person rig::add(std::string const& localpart) {
    auto made = run_virtual(loop, time, server->register_user(localpart, base::secret(good_password))).value();
    return {*this, made.user.str(), made.device.str(), made.access_token.reveal()};
}

person rig::log_in(std::string const& localpart, std::string const& device) {
    json::object body;
    body["type"] = "m.login.password";
    body["identifier"] = {{"type", "m.id.user"}, {"user", localpart}};
    body["password"] = good_password;
    body["device_id"] = device;
    auto const said = ask(method::post, "/login", json::value(body), {});
    REQUIRE(said.status == 200);
    return {*this, said.text("user_id"), said.text("device_id"), said.text("access_token")};
}

base::http::request rig::request(method verb, std::string_view path, std::string body, std::string_view token) const {
    bool const absolute = path.starts_with("/_matrix") || path.starts_with("/.well-known");
    base::http::request r(verb, (absolute ? std::string() : "/_matrix/client/v3") + std::string(path));
    r.body = std::move(body);
    if (!token.empty()) r.headers.set("Authorization", "Bearer " + std::string(token));
    return r;
}

reply rig::ask(method verb, std::string_view path, std::string body, std::string_view token) {
    auto const waiting = ask_later(request(verb, path, std::move(body), token));
    REQUIRE(time.run_until(loop, [&] { return waiting.done() || waiting.state_->failure; }));
    if (waiting.state_->failure) std::rethrow_exception(waiting.state_->failure);
    return waiting.get();
}

reply rig::ask(method verb, std::string_view path, json::value const& body, std::string_view token) {
    return ask(verb, path, json::serialize(body), token);
}

pending rig::ask_later(base::http::request r) {
    pending later;
    auto into = [state = later.state_](reply said) { state->said = std::move(said); };
    boost::asio::co_spawn(loop, keep_reply(*server, std::move(r), into),
                          [state = later.state_](std::exception_ptr e) { state->failure = e; });
    return later;
}

void rig::settle() {
    loop.restart();
    while (loop.poll() > 0) loop.restart();
}

void rig::pass(base::duration span) { run_virtual(loop, time, time.sleep(span)); }

person::person(rig& at, std::string user, std::string on, std::string access)
    : id(std::move(user)), device(std::move(on)), token(std::move(access)), rig_(at) {}

reply person::get(std::string_view path) const { return rig_.ask(method::get, path, std::string(), token); }
reply person::put(std::string_view path, json::value const& body) const { return rig_.ask(method::put, path, body, token); }
reply person::post(std::string_view path, json::value const& body) const { return rig_.ask(method::post, path, body, token); }

reply person::erase(std::string_view path, json::value const& body) const { return rig_.ask(method::delete_, path, body, token); }

std::string person::make_room(json::object wish) const {
    auto const said = post("/createRoom", json::value(std::move(wish)));
    REQUIRE(said.status == 200);
    return said.text("room_id");
}

void person::join(std::string const& room) const { REQUIRE(post("/join/" + escaped(room)).status == 200); }
void person::leave(std::string const& room) const { REQUIRE(post("/rooms/" + escaped(room) + "/leave").status == 200); }

void person::invite(std::string const& room, person const& whom) const {
    REQUIRE(post("/rooms/" + escaped(room) + "/invite", {{"user_id", whom.id}}).status == 200);
}

std::string person::say(std::string const& room, std::string const& text) const { return say(room, text, "says-" + text); }

std::string person::say(std::string const& room, std::string const& text, std::string const& transaction) const {
    auto const path = "/rooms/" + escaped(room) + "/send/m.room.message/" + escaped(transaction);
    auto const said = put(path, {{"msgtype", "m.text"}, {"body", text}});
    REQUIRE(said.status == 200);
    return said.text("event_id");
}

void person::set_state(std::string const& room, std::string const& type, std::string const& key, json::object content) const {
    auto const path = "/rooms/" + escaped(room) + "/state/" + type + "/" + escaped(key);
    REQUIRE(put(path, json::value(std::move(content))).status == 200);
}

json::value person::sync(std::string const& since, std::string const& more) const {
    auto const said = get("/sync?since=" + since + more);
    REQUIRE(said.status == 200);
    return said.body;
}

pending person::sync_later(std::string const& since, int timeout_ms) const {
    auto const path = "/sync?since=" + since + "&timeout=" + std::to_string(timeout_ms);
    return rig_.ask_later(rig_.request(method::get, path, {}, token));
}

}  // namespace chatrixcd::test

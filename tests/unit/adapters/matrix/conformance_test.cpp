// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <boost/json.hpp>
#include <chatrixcd/base/url.hpp>
#include <chatrixcd/chatops/adapters/matrix.hpp>
#include <chatrixcd/chatops/testing/chat_conformance.hpp>

#include "unit/libmatrix/support/world.hpp"

namespace chatrixcd::test {
namespace {

namespace http = base::http;
namespace json = boost::json;
using boost::asio::awaitable;

// A member of the room, asking the homeserver without blocking the loop.
class member {
public:
    member(world& of, person const& who, std::string in) : world_(&of), token_(who.token()), room_(base::percent_encode(in)) {}

    awaitable<std::string> say(std::string text) {
        json::object content;
        content["msgtype"] = "m.text";
        content["body"] = text;
        http::request put(http::method::put, path("send/m.room.message/conformance" + std::to_string(++sent_)));
        put.body = json::serialize(content);
        json::object const answer = co_await ask(std::move(put));
        co_return std::string(answer.at("event_id").as_string());
    }

    // What a member sees of the messages of `author`: the newest edit in the original's place, redacted ones gone.
    awaitable<std::vector<std::string>> see(std::string author) {
        http::request get(http::method::get, path("messages?dir=f&limit=1000"));
        json::object const answer = co_await ask(std::move(get));
        std::vector<std::pair<std::string, std::string>> shown;
        for (json::value const& each : answer.at("chunk").as_array()) {
            json::object const& event = each.as_object();
            json::object const& content = event.at("content").as_object();
            if (event.at("type") != "m.room.message" || event.at("sender") != author.c_str() || !content.contains("body")) continue;
            auto const* replaces = content.if_contains("m.new_content");
            if (replaces == nullptr) {
                shown.emplace_back(event.at("event_id").as_string(), content.at("body").as_string());
                continue;
            }
            std::string const target(content.at("m.relates_to").at("event_id").as_string());
            for (auto& [id, body] : shown) {
                if (id == target) body = replaces->at("body").as_string();
            }
        }
        std::vector<std::string> bodies;
        for (auto& [id, body] : shown) bodies.push_back(std::move(body));
        co_return bodies;
    }

private:
    std::string path(std::string const& rest) const { return "/_matrix/client/v3/rooms/" + room_ + "/" + rest; }

    awaitable<json::object> ask(http::request what) {
        what.headers.set("Authorization", "Bearer " + token_);
        http::response const answer = co_await world_->server->handle(std::move(what));
        co_return json::parse(answer.body).as_object();
    }

    world* world_;
    std::string token_;
    std::string room_;
    int sent_ = 0;
};

}  // namespace

TEST_SUITE("chatops::matrix") {
    TEST_CASE("the Matrix service keeps the contract of chat::service") {
        world w;
        person ann = w.add("ann");
        person account = w.add("bot");
        std::string const room = ann.make_room({account.id()});
        account.join(room);
        auto client = w.make_client("store");
        auto service = chatops::make_matrix_service(*client);
        w.start(*client, "bot");
        w.run(client->synced()).value();

        member in_room(w, ann, room);
        chatops::testing::chat_subject subject(w.time, room, ann.id());
        subject.says = [&](std::string text) { return in_room.say(std::move(text)); };
        subject.sees = [&] { return in_room.see(account.id()); };
        for (auto const& finding : w.run(chatops::testing::check_chat_service(*service, std::move(subject)))) FAIL_CHECK(finding);
        w.stop(*client);
    }
}

}  // namespace chatrixcd::test

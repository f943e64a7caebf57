// SPDX-License-Identifier: Apache-2.0
// Messages between devices, which carry the keys: many at once, in the middle of a restart, and while the homeserver says nothing of
// devices.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/task_group.hpp>

#include "support/crypto_party.hpp"
#include "support/speaker.hpp"

namespace chatrixcd::test {

namespace {

std::string const one_message_a_session =
    R"({"preset":"public_chat","initial_state":[{"type":"m.room.encryption","state_key":"","content":)"
    R"({"algorithm":"m.megolm.v1.aes-sha2","rotation_period_msgs":1}}]})";

bool is_to_devices(base::http::request const& r) { return contains(r.path(), "/sendToDevice/m.room.encrypted/"); }

// To how many devices a request goes.
std::size_t devices_of(base::http::request const& r) {
    auto const body = base::parse_json_object(r.body).value();
    std::size_t number = 0;
    for (auto const& user : *base::find_object(body, "messages")) number += user.value().as_object().size();
    return number;
}

boost::asio::awaitable<void> send(matrix::room in, std::string text) {
    auto words = matrix::outgoing::text(std::move(text)).key("the message");
    static_cast<void>(co_await in.send(std::move(words)));
}

// Devices of one account that only take what comes: as many clients would take their time.
class crowd {
public:
    crowd(world& of, std::size_t number) : w_(of) {
        for (std::size_t i = 0; i < number; ++i) {
            json::object login{
                {"type", "m.login.password"}, {"user", "crowd"}, {"password", password}, {"device_id", "D" + std::to_string(i)}};
            auto const token = base::find_string(ask("", base::http::method::post, "/login", std::move(login)), "access_token").value();
            party device("@crowd:test", "D" + std::to_string(i), 100 + i);
            json::object keys{{"device_keys", device.published()}, {"one_time_keys", device.one_time_key()}};
            ask(token, base::http::method::post, "/keys/upload", std::move(keys));
            tokens_.push_back(token);
        }
    }
    // How many messages wait for each device.
    std::vector<std::size_t> waiting() {
        std::vector<std::size_t> numbers;
        for (auto const& token : tokens_) {
            auto const answer = ask(token, base::http::method::get, "/sync", {});
            auto const* list = base::find_object(answer, "to_device");
            numbers.push_back(list == nullptr ? 0 : list->at("events").as_array().size());
        }
        return numbers;
    }

private:
    json::object ask(std::string const& token, base::http::method verb, std::string const& path, json::object body) {
        base::http::request r(verb, "/_matrix/client/v3" + path);
        if (!token.empty()) std::move(r).with_bearer(token);
        if (verb != base::http::method::get) std::move(r).with_body(json::serialize(body));
        auto const said = w_.run(w_.server->handle(std::move(r)));
        INFO(said.body);
        REQUIRE(said.status == 200);
        return base::parse_json_object(said.body).value();
    }

    world& w_;
    std::vector<std::string> tokens_;
};

}  // namespace

TEST_SUITE("matrix::client::device messages") {
    TEST_CASE("a key for many devices leaves for fifty at a time, and a restart in the middle gives it to the rest before the message") {
        world w;
        auto ann = w.add("ann");
        auto const room = make_room_as(w, ann, one_message_a_session);
        w.add("crowd").join(room);
        constexpr std::size_t devices = 55;
        crowd all(w, devices);
        speaker anns(w, "ann", "ann", /*admits=*/true);
        w.pass(std::chrono::seconds(5));
        std::vector<std::size_t> sizes;
        w.network->faults = [&](base::http::request const& r) {
            if (!is_to_devices(r)) return fault::none();
            sizes.push_back(devices_of(r));
            return sizes.size() == 1 ? fault::none() : fault::drop_before();
        };
        base::task_group later(w.loop.get_executor(), nullptr);
        later.spawn(send(anns.client->room(matrix::room_id(room)), "for all"));
        w.until([&] { return sizes.size() >= 2; });
        w.stop(*anns.client);
        w.run(later.join());
        CHECK(sizes.at(0) == 50);
        CHECK(sizes.at(1) == devices - 50);
        CHECK(count_of(ann, room, "m.room.encrypted") == 0);
        anns.client.reset();
        w.network->calm();
        anns.open();
        w.until([&] { return count_of(ann, room, "m.room.encrypted") > 0; });
        w.pass(std::chrono::seconds(5));
        CHECK(count_of(ann, room, "m.room.encrypted") == 1);
        CHECK(all.waiting() == std::vector<std::size_t>(devices, 1));
    }

    TEST_CASE("a message to devices that was not answered leaves again as the same one, over a restart") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = secret_room(w, ann, account);
        speaker bot(w, "bot");
        speaker anns(w, "ann");
        w.pass(std::chrono::seconds(5));
        // By transaction.
        std::map<std::string, std::set<std::string>> bodies;
        bool is_answered = false;
        w.network->faults = [&](base::http::request const& r) {
            if (!is_to_devices(r)) return fault::none();
            bodies[std::string(r.path())].insert(r.body);
            return is_answered ? fault::none() : fault::drop_after();
        };
        base::task_group later(w.loop.get_executor(), nullptr);
        later.spawn(send(anns.client->room(matrix::room_id(room)), "one"));
        w.pass(std::chrono::minutes(1));
        w.stop(*anns.client);
        w.run(later.join());
        anns.client.reset();
        is_answered = true;
        anns.open();
        bot.wait_for("one");
        REQUIRE(bodies.size() == 1);
        CHECK(bodies.begin()->second.size() == 1);
        CHECK(bot.heard == strings{"one"});
    }

    TEST_CASE("a process that dies while it takes a key in reads the message at the next start") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = make_room_as(w, ann, one_message_a_session);
        account.join(room);
        speaker bot(w, "bot");
        speaker anns(w, "ann");
        w.pass(std::chrono::seconds(5));
        anns.say(room, "one");
        bot.wait_for("one");
        w.stop(*bot.client);
        bot.client.reset();
        anns.say(room, "two");
        // The homeserver's answer with the key comes, and the disk takes nothing any more.
        bool has_come = false;
        w.network->observer = [&](base::http::request const& r, base::http::response const& said) {
            has_come =
                has_come || (contains(r.path(), "/sync") && contains(said.body, "m.room.encrypted") && contains(said.body, "to_device"));
        };
        base::store_hooks hooks;
        hooks.before_commit = [&] {
            if (has_come) throw std::runtime_error("the process has died");
        };
        auto dying = w.make_client("store-bot", [&](matrix::options& o) { o.encryption(true).store_hooks(hooks); });
        w.start(*dying, "bot");
        w.until([&] { return has_come; });
        w.pass(std::chrono::seconds(5));
        w.stop(*dying);
        dying.reset();
        w.network->observer = nullptr;
        bot.open();
        bot.wait_for("two");
        CHECK(bot.heard == strings{"one", "two"});
    }

    TEST_CASE("a key of a device that nobody can be asked about is kept until somebody can") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = secret_room(w, ann, account);
        // Nobody else is there yet.
        std::string bots_token;
        w.network->faults = [&](base::http::request const& r) {
            if (contains(r.path(), "/sync")) bots_token = r.headers.get("Authorization").value_or("");
            return fault::none();
        };
        speaker bot(w, "bot");
        w.pass(std::chrono::seconds(5));
        w.network->calm();
        speaker anns(w, "ann");
        anns.say(room, "from the first device");
        bot.wait_for("from the first device");
        unsigned refused = 0;
        w.network->faults = [&](base::http::request const& r) {
            if (!contains(r.path(), "/keys/query") || r.headers.get("Authorization") != bots_token) return fault::none();
            ++refused;
            return fault::server_error(502);
        };
        speaker second(w, "ann", "ann-2", /*admits=*/true);
        w.pass(std::chrono::seconds(5));
        second.say(room, "from a new device");
        w.pass(std::chrono::minutes(1));
        CHECK(refused > 0);
        w.network->calm();
        bot.wait_for("from a new device");
        CHECK(bot.heard == strings{"from the first device", "from a new device"});
        CHECK(bot.trusts.back().device == second.client->device());
    }

    TEST_CASE("more than a hundred keys that wait at the homeserver are all taken, in their order") {
        world w;
        auto ann = w.add("ann");
        auto const room = make_room_as(w, ann, one_message_a_session);
        speaker anns(w, "ann");
        w.pass(std::chrono::seconds(5));
        constexpr int each_says = 55;
        std::vector<std::unique_ptr<speaker>> all;
        strings said;
        for (std::string const name : {"bob", "carol"}) {
            w.add(name).join(room);
            all.push_back(std::make_unique<speaker>(w, name));
        }
        w.pass(std::chrono::seconds(10));
        w.stop(*anns.client);
        anns.client.reset();
        for (int i = 0; i < each_says; ++i) {
            for (auto& who : all) {
                said.push_back(who->name + " " + std::to_string(i));
                who->say(room, said.back());
            }
        }
        anns.open();
        anns.wait_for(said.back());
        CHECK(anns.heard == said);
    }
}

}  // namespace chatrixcd::test

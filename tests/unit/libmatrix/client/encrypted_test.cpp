// SPDX-License-Identifier: Apache-2.0
// Clients in encrypted rooms, on the embedded homeserver.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/homeserver/testing/lies.hpp>

#include "support/requests.hpp"
#include "support/speaker.hpp"

namespace chatrixcd::test {

namespace {

// A bot to which Ann's messages matter, and what it hears and loses.
class worried {
public:
    explicit worried(world& of) : w(of) {
        client = w.make_client("store-bot", [](matrix::options& o) {
            o.encryption(true).unreadable_matters(
                [](matrix::room_id const&, matrix::user_id const& who) { return who.str() == "@ann:test"; });
        });
        client->on_message([this](matrix::message m) -> boost::asio::awaitable<void> {
            heard.push_back(m.text());
            co_return;
        });
        client->on_gap_lost([this](matrix::room, std::string reason) -> boost::asio::awaitable<void> {
            lost.push_back(std::move(reason));
            co_return;
        });
        w.start(*client, "bot");
    }
    ~worried() { w.stop(*client); }

    world& w;
    std::unique_ptr<matrix::client> client;
    strings heard;
    strings lost;
};

// No message between devices comes to anybody.
boost::json::object last_encrypted(person& who, std::string const& room) {
    boost::json::object last;
    for (auto const& event : who.history(room)) {
        if (base::find_string(event, "type") == "m.room.encrypted") last = event;
    }
    return last;
}

void hide_keys(world& w) {
    auto const hide = [](boost::json::object& answer) { answer["to_device"] = boost::json::object(); };
    w.network->faults = [hide](base::http::request const& r) {
        return contains(r.path(), "/sync") ? fault::lie("nothing for the device", hide) : fault::none();
    };
}

}  // namespace

TEST_SUITE("matrix::client::encrypted") {
    TEST_CASE("a message and its answer in an encrypted room: the homeserver sees neither, and each knows which device spoke") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = secret_room(w, ann, account);
        speaker bot(w, "bot", /*answers=*/true);
        speaker anns(w, "ann");
        anns.say(room, "!ping");
        anns.wait_for("got !ping");
        CHECK(bot.heard == strings{"!ping"});
        REQUIRE(bot.trusts.size() == 1);
        CHECK(bot.trusts[0].encrypted);
        CHECK(bot.trusts[0].device == anns.client->device());
        // Nobody but its own first start has made the identity that vouches for it.
        CHECK(bot.trusts[0].cross_signed);
        CHECK_FALSE(bot.trusts[0].identity_changed);
        CHECK_FALSE(bot.trusts[0].late);
        CHECK(count_of(ann, room, "m.room.message") == 0);
        CHECK(count_of(ann, room, "m.room.encrypted") == 2);
        for (auto const& event : ann.history(room)) {
            CHECK_FALSE(contains(boost::json::serialize(event), "ping"));
        }
    }

    TEST_CASE("both go on after a restart with the keys that they had") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = secret_room(w, ann, account);
        speaker bot(w, "bot", /*answers=*/true);
        speaker anns(w, "ann");
        anns.say(room, "one");
        anns.wait_for("got one");
        bot.reopen();
        anns.reopen();
        anns.say(room, "two");
        anns.wait_for("got two");
        CHECK(bot.heard == strings{"one", "two"});
    }

    TEST_CASE("a device of an account whose identity lies in another store says so, and gets keys where it is admitted alone") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = secret_room(w, ann, account);
        speaker bot(w, "bot");
        speaker second(w, "bot", "second", /*admits=*/false);
        w.pass(std::chrono::seconds(5));
        auto const says = [](std::string const& line) { return contains(line, "has an identity that this device does not hold"); };
        CHECK(std::ranges::count_if(w.log_lines, says) == 1);
        speaker anns(w, "ann");
        anns.say(room, "for the signed");
        bot.wait_for("for the signed");
        w.pass(std::chrono::seconds(5));
        CHECK(second.heard.empty());
        speaker open(w, "ann", "open", /*admits=*/true);
        open.say(room, "for all");
        second.wait_for("for all");
        CHECK(second.heard == strings{"for all"});
    }

    TEST_CASE("whichever transaction of the bot's fails, or is kept without its being told, each message is read and answered once") {
        auto const converse = [](unsigned failing, bool kept) {
            CAPTURE(failing);
            CAPTURE(kept);
            world w;
            auto ann = w.add("ann");
            auto account = w.add("bot");
            auto const room = secret_room(w, ann, account);
            unsigned commits = 0;
            bool has_begun = false;
            auto const fail = [&] {
                if (has_begun && ++commits == failing) throw std::runtime_error("the disk is gone");
            };
            base::store_hooks hooks;
            (kept ? hooks.after_commit : hooks.before_commit) = fail;
            speaker anns(w, "ann");
            speaker bot(w, "bot", hooks);
            has_begun = true;
            for (std::string const word : {"one", "two", "three"}) {
                anns.say(room, word);
                anns.wait_for("got " + word);
            }
            w.pass(std::chrono::minutes(1));
            CHECK(anns.heard == strings{"got one", "got two", "got three"});
            CHECK(count_of(ann, room, "m.room.encrypted") == 6);
            return commits >= failing;
        };
        for (bool const kept : {false, true}) {
            unsigned failing = 1;
            while (converse(failing, kept)) ++failing;
            CHECK(failing > 25);
        }
    }

    TEST_CASE("an upload whose answer was lost is found done after a restart") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = secret_room(w, ann, account);
        w.network->faults = [](base::http::request const& r) {
            return contains(r.path(), "/keys/upload") ? fault::drop_after() : fault::none();
        };
        speaker bot(w, "bot", /*answers=*/true);
        w.pass(std::chrono::minutes(2));
        w.network->calm();
        bot.reopen();
        speaker anns(w, "ann");
        anns.say(room, "one");
        anns.wait_for("got one");
        CHECK(bot.heard == strings{"one"});
        CHECK(anns.heard == strings{"got one"});
    }

    TEST_CASE("a homeserver that has other keys of this device, none any more, or takes none is noticed, and nothing is said with them") {
        auto const other_keys = [](boost::json::object& answer) {
            for (auto& user : answer["device_keys"].as_object()) {
                for (auto& device : user.value().as_object()) device.value().as_object()["keys"] = boost::json::object();
            }
        };
        auto const no_keys = [](boost::json::object& answer) { answer["device_keys"] = boost::json::object(); };
        std::vector<std::pair<std::string, fault>> const troubles{
            {"/keys/query", fault::lie("other keys", other_keys)},
            {"/keys/query", fault::lie("no keys", no_keys)},
            {"/keys/upload", fault::answer(json_answer(R"({"errcode":"M_UNKNOWN","error":"One time key already exists"})", 400))}};
        for (auto const& trouble : troubles) {
            CAPTURE(trouble.first);
            world w;
            auto ann = w.add("ann");
            auto account = w.add("bot");
            auto const room = secret_room(w, ann, account);
            auto const is_troubled = [&](base::http::request const& r) {
                return contains(r.path(), trouble.first) ? trouble.second : fault::none();
            };
            // Keys that are there already are not uploaded again.
            if (trouble.first == "/keys/upload") w.network->faults = is_troubled;
            speaker bot(w, "bot");
            w.pass(std::chrono::seconds(10));
            w.network->faults = is_troubled;
            bot.reopen();
            w.pass(std::chrono::minutes(1));
            auto const says = [](std::string const& line) { return contains(line, "says nothing in encrypted rooms any more"); };
            CHECK(std::ranges::count_if(w.log_lines, says) >= 1);
            base::task_group later(w.loop.get_executor(), nullptr);
            auto const send = [](matrix::room in) -> boost::asio::awaitable<void> {
                (void)co_await in.send(matrix::outgoing::text("hello"));
            };
            later.spawn(send(bot.client->room(matrix::room_id(room))));
            w.pass(std::chrono::minutes(1));
            CHECK(count_of(ann, room, "m.room.encrypted") == 0);
            CHECK(count_of(ann, room, "m.room.message") == 0);
            later.cancel();
            w.run(later.join());
        }
    }

    TEST_CASE("trouble on the way to a key costs time and no message") {
        for (std::string const path : {"/keys/claim", "/sendToDevice/", "/members"}) {
            CAPTURE(path);
            world w;
            auto ann = w.add("ann");
            auto account = w.add("bot");
            auto const room = secret_room(w, ann, account);
            speaker bot(w, "bot");
            speaker anns(w, "ann");
            w.pass(std::chrono::seconds(5));
            w.network->faults = [&](base::http::request const& r) {
                return contains(r.path(), path) ? fault::server_error(502) : fault::none();
            };
            auto const sent = std::make_shared<std::optional<base::result<matrix::event_id>>>();
            base::task_group later(w.loop.get_executor(), nullptr);
            auto const send = [](matrix::room in, decltype(sent) into) -> boost::asio::awaitable<void> {
                into->emplace(co_await in.send(matrix::outgoing::text("one")));
            };
            later.spawn(send(anns.client->room(matrix::room_id(room)), sent));
            w.pass(std::chrono::minutes(3));
            CHECK_FALSE(sent->has_value());
            w.network->calm();
            bot.wait_for("one");
            w.until([&] { return sent->has_value(); });
            CHECK((*sent)->has_value());
            w.run(later.join());
        }
    }

    TEST_CASE("nothing leaves in clear in a room that no sync has shown yet") {
        for (bool const encrypted : {true, false}) {
            CAPTURE(encrypted);
            world w;
            auto ann = w.add("ann");
            w.add("bot");
            speaker anns(w, "ann");
            speaker bot(w, "bot");
            w.pass(std::chrono::seconds(5));
            // No sync comes to the bot meanwhile.
            w.network->faults = [](base::http::request const& r) {
                return contains(r.path(), "/sync") ? fault::server_error(502) : fault::none();
            };
            w.pass(std::chrono::minutes(2));
            auto const room = encrypted ? make_room_as(w, ann, secret_wish) : make_room_as(w, ann, R"({"invite":["@bot:test"]})");
            REQUIRE(w.run(bot.client->join(room)).has_value());
            base::task_group later(w.loop.get_executor(), nullptr);
            auto const send = [](matrix::room in) -> boost::asio::awaitable<void> {
                (void)co_await in.send(matrix::outgoing::text("hello"));
            };
            later.spawn(send(bot.client->room(matrix::room_id(room))));
            w.pass(std::chrono::seconds(30));
            CHECK(count_of(ann, room, "m.room.message") == (encrypted ? 0 : 1));
            w.network->calm();
            anns.wait_for("hello");
            CHECK(count_of(ann, room, "m.room.message") == (encrypted ? 0 : 1));
            w.run(later.join());
        }
    }

    TEST_CASE("a new device of the account goes on with keys of its own") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = secret_room(w, ann, account);
        speaker bot(w, "bot");
        speaker anns(w, "ann");
        anns.say(room, "one");
        bot.wait_for("one");
        auto const before = bot.client->device();
        // Whoever is not Ann is the bot.
        std::optional<std::string> anns_token;
        w.network->faults = [&](base::http::request const& r) {
            if (contains(r.path(), "/send/")) anns_token = r.headers.get("Authorization");
            return fault::none();
        };
        anns.say(room, "whoever sends this is Ann");
        auto first = true;
        w.network->faults = [&](base::http::request const& r) {
            bool const is_bots = contains(r.path(), "/sync") && r.headers.get("Authorization") != anns_token;
            return is_bots && std::exchange(first, false) ? fault::unknown_token(/*soft_logout=*/false) : fault::none();
        };
        w.until([&] { return bot.client->device() != before; });
        w.pass(std::chrono::seconds(10));
        anns.say(room, "two");
        bot.wait_for("two");
        CHECK(bot.heard == strings{"one", "whoever sends this is Ann", "two"});
        CHECK(bot.trusts.back().cross_signed);
    }

    TEST_CASE("a client without encryption says nothing into a room that was ever encrypted") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = secret_room(w, ann, account);
        auto plain = w.make_client("plain");
        w.start(*plain, "bot");
        auto const sent = w.run(plain->room(matrix::room_id(room)).send(matrix::outgoing::text("in clear")));
        CHECK(sent.error().kind() == base::error_kind::unsupported);
        CHECK(count_of(ann, room, "m.room.message") == 0);
        w.stop(*plain);
    }

    TEST_CASE("who was away while the key was given reads what was said meanwhile") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = secret_room(w, ann, account);
        auto bot = std::make_unique<speaker>(w, "bot");
        speaker anns(w, "ann");
        w.stop(*bot->client);
        bot->client.reset();
        anns.say(room, "while you were out");
        anns.say(room, "and again");
        bot->open();
        bot->wait_for("and again");
        CHECK(bot->heard == strings{"while you were out", "and again"});
    }

    TEST_CASE("who joins later reads from then on, and who has left reads no more") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto carol = w.add("carol");
        auto const room = secret_room(w, ann, account);
        speaker bot(w, "bot");
        speaker anns(w, "ann");
        anns.say(room, "first");
        bot.wait_for("first");
        speaker carols(w, "carol");
        ann.invite(room, carol.id());
        carol.join(room);
        w.pass(std::chrono::seconds(2));
        anns.say(room, "second");
        carols.wait_for("second");
        CHECK(carols.heard == strings{"second"});
        ann.kick(room, carol.id());
        w.pass(std::chrono::seconds(2));
        anns.say(room, "third");
        bot.wait_for("third");
        CHECK(carols.heard == strings{"second"});
    }

    TEST_CASE("a message whose key does not come is given up where it matters, once, and is not delivered when the key comes after all") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = secret_room(w, ann, account);
        worried bots(w);
        speaker anns(w, "ann");
        w.pass(std::chrono::seconds(5));
        hide_keys(w);
        anns.say(room, "first");
        w.pass(std::chrono::minutes(9));
        CHECK(bots.lost.empty());
        w.pass(std::chrono::minutes(3));
        CHECK(bots.lost == strings{"1 message of @ann:test cannot be read: their keys have not come"});
        w.network->calm();
        w.pass(std::chrono::minutes(30));
        CHECK(bots.lost.size() == 1);
        CHECK(std::ranges::find(bots.heard, "first") == bots.heard.end());
        // Shown once more, with its key or without: ann may have said it again meanwhile.
        auto const again = homeserver::testing::lies::add_event(room, boost::json::serialize(last_encrypted(ann, room)));
        for (bool const has_key : {false, true}) {
            CAPTURE(has_key);
            if (has_key) {
                auto file = w.run(anns.client->export_keys(base::secret("passphrase"))).value();
                CHECK(w.run(bots.client->import_keys(std::move(file), base::secret("passphrase"))).has_value());
            }
            w.network->faults = [&](base::http::request const& r) {
                return contains(r.path(), "/sync") ? fault::lie("the event again", again) : fault::none();
            };
            w.pass(std::chrono::minutes(1));
            w.network->calm();
            w.pass(std::chrono::minutes(30));
            CHECK(bots.lost.size() == 1);
            CHECK(std::ranges::find(bots.heard, "first") == bots.heard.end());
        }
    }

    TEST_CASE("while nothing comes nothing is given up: a key may be what comes first") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = secret_room(w, ann, account);
        worried bots(w);
        speaker anns(w, "ann");
        w.pass(std::chrono::seconds(5));
        hide_keys(w);
        anns.say(room, "first");
        w.pass(std::chrono::minutes(1));
        w.network->faults = [&](base::http::request const& r) {
            return contains(r.path(), "/sync") ? fault::answer(base::http::response(503)) : fault::none();
        };
        w.pass(std::chrono::hours(3));
        CHECK(bots.lost.empty());
        hide_keys(w);
        w.pass(std::chrono::minutes(9));
        CHECK(bots.lost.empty());
        w.pass(std::chrono::minutes(3));
        CHECK(bots.lost.size() == 1);
    }

    TEST_CASE("who is told of a message that is given up is told why its sender gave no key") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = secret_room(w, ann, account);
        speaker first(w, "bot");
        strings lost;
        // A second device of the account, for which nobody vouches.
        auto client = w.make_client("second", [](matrix::options& o) {
            o.encryption(true).unreadable_matters([](matrix::room_id const&, matrix::user_id const&) { return true; });
        });
        client->on_message([](matrix::message) -> boost::asio::awaitable<void> { co_return; });
        client->on_gap_lost([&](matrix::room, std::string reason) -> boost::asio::awaitable<void> {
            lost.push_back(std::move(reason));
            co_return;
        });
        w.start(*client, "bot");
        w.pass(std::chrono::seconds(5));
        speaker anns(w, "ann");
        anns.say(room, "for the signed");
        w.pass(std::chrono::minutes(12));
        CHECK(lost == strings{"1 message of @ann:test cannot be read: their client gives keys to verified sessions alone (m.unverified)"});
        w.stop(*client);
    }

    TEST_CASE("nobody joins a room before others can see whose device it is; but no homeserver keeps it out for long") {
        for (bool const takes_identities : {true, false}) {
            CAPTURE(takes_identities);
            world w;
            auto ann = w.add("ann");
            auto account = w.add("bot");
            auto const room = ann.make_room({"@bot:test"});
            int signing = 0;
            bool is_signed = false;
            bool joined = false;
            w.network->faults = [&](base::http::request const& r) {
                if (contains(r.path(), "/device_signing/upload")) {
                    ++signing;
                    if (signing < 3 || !takes_identities) return fault::answer(base::http::response(500));
                }
                is_signed = is_signed || contains(r.path(), "/signatures/upload");
                if (r.path().ends_with("/join")) {
                    joined = true;
                    CHECK(is_signed == takes_identities);
                }
                return fault::none();
            };
            auto client = w.make_client("store-bot", [](matrix::options& o) { o.encryption(true); });
            client->on_invite([](matrix::invite i) -> boost::asio::awaitable<void> { (co_await i.accept()).value(); });
            w.start(*client, "bot");
            w.until([&] { return joined; }, std::chrono::seconds(30));
            w.stop(*client);
        }
    }
}

}  // namespace chatrixcd::test

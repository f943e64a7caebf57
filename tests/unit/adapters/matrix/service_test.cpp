// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/chatops/adapters/matrix.hpp>

#include <doctest/doctest.h>

#include <boost/json/object.hpp>

#include <chatrixcd/matrix/fingerprint.hpp>
#include <chatrixcd/matrix/recovery_key.hpp>

#include "support/results.hpp"
#include "unit/libmatrix/support/requests.hpp"
#include "unit/libmatrix/support/world.hpp"

namespace chatrixcd::test {

namespace {

// A service on an account that shares a room with a person.
class desk {
public:
    explicit desk(chatops::matrix_service_options how = {})
        : ann(w.add("ann")), account(w.add("bot")), room(ann.make_room({account.id()})), client(w.make_client("store")) {
        account.join(room);
        service = chatops::make_matrix_service(*client, std::move(how));
        w.start(*client, "bot");
        w.run(client->synced()).value();
    }
    ~desk() { w.stop(*client); }

    chatops::chat::outgoing text(std::string key, std::string words) {
        return chatops::chat::outgoing(room, std::move(key), chatops::view::of_text(std::move(words)));
    }

    world w;
    person ann;
    person account;
    std::string room;
    std::unique_ptr<matrix::client> client;
    std::unique_ptr<chatops::chat::service> service;
};

}  // namespace

TEST_SUITE("chatops::matrix") {
    TEST_CASE("a message comes with its origin, its author and a trace") {
        desk d;
        auto const event = d.ann.say(d.room, "!cd help");
        auto delivery = d.w.run(d.service->next()).value();
        auto const& m = delivery->content();
        CHECK(m.from == chatops::chat::origin{"matrix", "@bot:test", d.room, event});
        CHECK(m.author.user == "@ann:test");
        CHECK(m.author.trust == chatops::chat::trust_level::server);
        CHECK(m.text == "!cd help");
        CHECK_FALSE(m.thread);
        CHECK_FALSE(m.trace.empty());
        d.w.run(delivery->acknowledge());
    }

    TEST_CASE("how far an author is known comes with each message, and what is known of the account is told") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = make_room_as(
            w, ann,
            R"({"invite":["@bot:test"],"initial_state":[{"type":"m.room.encryption","state_key":"","content":{"algorithm":"m.megolm.v1.aes-sha2"}}]})");
        account.join(room);
        auto anns = w.make_client("ann", [](matrix::options& o) { o.encryption(true); });
        w.start(*anns, "ann");
        auto const key = w.run(anns->identity()).value().fingerprint;
        std::vector<matrix::trusted_key> keys;
        for (auto const expected : {chatops::chat::trust_level::cross_signed, chatops::chat::trust_level::verified}) {
            auto client = w.make_client("bot", [&](matrix::options& o) { o.encryption(true).trusted_keys(keys); });
            auto const service = chatops::make_matrix_service(*client);
            w.start(*client, "bot");
            auto const own = w.run(client->identity()).value();
            auto const remarks = w.run(service->remarks()).value();
            REQUIRE(remarks.size() == 4);
            CHECK(remarks[0] == "device " + own.device.str());
            CHECK(remarks[1] == "fingerprint " + matrix::shown_fingerprint(own.fingerprint));
            CHECK(remarks[2] == "cross-signed");
            CHECK(contains(remarks[3], "backed up"));
            w.run(anns->room(matrix::room_id(room)).send(matrix::outgoing::text("hello"))).value();
            auto const delivery = w.run(service->next()).value();
            CHECK(delivery->content().author.trust == expected);
            CHECK(delivery->content().author.device == anns->device().str());
            w.run(delivery->acknowledge());
            keys.push_back(matrix::trusted_key::parse(matrix::user_id("@ann:test"), key).value());
            w.stop(*client);
        }
        w.stop(*anns);
    }

    TEST_CASE("in an encrypted room what is said in clear or from a device that nobody vouches for is doubted, elsewhere nothing is") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const plain = ann.make_room({account.id()});
        auto const secret = make_room_as(
            w, ann,
            R"({"invite":["@bot:test"],"initial_state":[{"type":"m.room.encryption","state_key":"","content":{"algorithm":"m.megolm.v1.aes-sha2"}}]})");
        for (auto const& room : {plain, secret}) account.join(room);
        auto client =
            w.make_client("bot", [](matrix::options& o) { o.encryption(true).unsigned_devices([](auto const&) { return true; }); });
        auto const service = chatops::make_matrix_service(*client);
        w.start(*client, "bot");
        auto vouched = w.make_client("ann", [](matrix::options& o) { o.encryption(true); });
        w.start(*vouched, "ann");
        w.run(vouched->identity()).value();
        // The identity lies in the other store.
        auto planted = w.make_client("planted", [](matrix::options& o) { o.encryption(true); });
        w.start(*planted, "ann");
        REQUIRE_FALSE(w.run(planted->identity()).value().is_cross_signed);
        auto const heard = [&] {
            auto const delivery = w.run(service->next()).value();
            w.run(delivery->acknowledge());
            return delivery->content();
        };
        auto const say = [&](matrix::client& who, std::string const& text) {
            w.run(who.room(matrix::room_id(secret)).send(matrix::outgoing::text(text))).value();
            return heard();
        };
        ann.say(plain, "in a plain room");
        CHECK_FALSE(heard().author.doubted);
        CHECK_FALSE(say(*vouched, "from a device of hers").author.doubted);
        auto const unsigned_device = say(*planted, "from a device that nobody vouches for");
        CHECK(unsigned_device.text == "from a device that nobody vouches for");
        CHECK(unsigned_device.author.trust == chatops::chat::trust_level::device);
        CHECK(unsigned_device.author.doubted);
        ann.say(secret, "in clear");
        auto const clear = heard();
        CHECK(clear.author.trust == chatops::chat::trust_level::server);
        CHECK(clear.author.doubted);
        // Whoever has exchanged her identity vouches for a device of their own, and not for hers.
        w.run(planted->replace_identity(matrix::recovery_key::make(*w.random))).value();
        auto const another = say(*planted, "from a device of another identity");
        CHECK(another.author.trust == chatops::chat::trust_level::cross_signed);
        CHECK(another.author.doubted);
        CHECK(say(*vouched, "from her own device").author.doubted);
        for (auto* each : {&planted, &vouched, &client}) w.stop(**each);
    }

    TEST_CASE("an account without encryption says so") {
        desk d;
        auto const remarks = d.w.run(d.service->remarks()).value();
        CHECK(remarks == std::vector<std::string>{"device " + d.client->device().str(), "no encryption"});
    }

    TEST_CASE("only texts that are accepted are delivered, and none of ours") {
        chatops::matrix_service_options how;
        how.accept = [](std::string const&, std::string const& text) { return text.substr(0, 3) == "!cd"; };
        desk d(std::move(how));
        d.ann.say(d.room, "chatter");
        d.account.say(d.room, "!cd mine");
        d.ann.say(d.room, "!cd status");
        auto delivery = d.w.run(d.service->next()).value();
        CHECK(delivery->content().text == "!cd status");
        d.w.run(delivery->acknowledge());
    }

    TEST_CASE("answers that are waited for in a thread are delivered with it, and nothing else of it") {
        chatops::matrix_service_options how;
        how.accept = [](std::string const&, std::string const& text) { return text.substr(0, 3) == "!cd"; };
        desk d(std::move(how));
        auto const in_thread = [&](std::string const& root, std::string_view text) {
            boost::json::object relates{{"rel_type", "m.thread"}, {"event_id", root}};
            return d.ann.send(d.room, "m.room.message", {{"msgtype", "m.text"}, {"body", text}, {"m.relates_to", relates}});
        };
        auto const root = d.ann.say(d.room, "!cd run deploy");
        d.w.run(d.w.run(d.service->next()).value()->acknowledge());
        // Before anybody has said which are waited for, each may be one.
        in_thread(root, "early");
        auto const early = d.w.run(d.service->next()).value();
        CHECK(early->content().text == "early");
        CHECK(early->content().thread == root);
        d.w.run(early->acknowledge());
        CHECK(d.service->has_threads());
        d.service->expect_answers({{d.room, root, "@ann:test"}});
        in_thread("$another:test", "in another thread");
        d.ann.say(d.room, "in the room");
        in_thread(root, "1.4.2");
        auto const answer = d.w.run(d.service->next()).value();
        CHECK(answer->content().text == "1.4.2");
        CHECK(answer->content().thread == root);
        d.w.run(answer->acknowledge());
        d.service->expect_answers({{d.room, root, "@bob:test"}});
        in_thread(root, "said by somebody else");
        d.service->expect_answers({});
        in_thread(root, "too late");
        d.ann.say(d.room, "!cd ping");
        auto const next = d.w.run(d.service->next()).value();
        CHECK(next->content().text == "!cd ping");
        d.w.run(next->acknowledge());
    }

    TEST_CASE("a view goes out as notice with both bodies, once for a key, and an edit replaces it") {
        desk d;
        auto shown = chatops::chat::outgoing(d.room, "card:1", chatops::view().heading("Run").text({"<b>", chatops::code("3")}));
        auto const id = d.w.run(d.service->send(shown)).value();
        CHECK(d.w.run(d.service->send(shown)).value() == id);
        auto edited = d.text("card:1:2", "done");
        CHECK(d.w.run(d.service->edit(id, edited)));
        auto const history = d.ann.history(d.room);
        auto const& first = history[history.size() - 2].at("content").as_object();
        CHECK(first.at("msgtype") == "m.notice");
        CHECK(first.at("format") == "org.matrix.custom.html");
        CHECK(contains(first.at("formatted_body").as_string(), "&lt;b&gt;"));
        auto const& second = history.back().at("content").as_object();
        CHECK(second.at("m.relates_to").at("event_id") == id.value.c_str());
        CHECK(contains(second.at("m.new_content").at("body").as_string(), "done"));
    }

    TEST_CASE("threads, replies, reactions and the rest reach the room") {
        desk d;
        auto const event = d.ann.say(d.room, "hello");
        auto what = d.text("k1", "in a thread");
        what.thread = event;
        what.reply_to = event;
        what.notify = true;
        CHECK(d.w.run(d.service->send(what)));
        auto const content = d.ann.history(d.room).back().at("content").as_object();
        CHECK(content.at("msgtype") == "m.text");
        CHECK(content.at("m.relates_to").at("rel_type") == "m.thread");
        CHECK(d.w.run(d.service->react(d.room, event, "k2", "\xE2\x9C\x85")));
        CHECK(d.w.run(d.service->typing(d.room, true)));
        CHECK(d.w.run(d.service->mark_read(d.room, event)));
        CHECK(d.w.run(d.service->members(d.room)).value() == std::vector<std::string>{"@ann:test", "@bot:test"});
        auto const mine = d.w.run(d.service->send(d.text("k3", "oops"))).value();
        CHECK(d.w.run(d.service->redact(d.room, mine.value, "k4", "")));
        CHECK(d.ann.history(d.room).back().at("type") == "m.room.redaction");
    }

    TEST_CASE("ids that are none are refused before anything is sent") {
        desk d;
        auto what = d.text("k", "x");
        what.room = "no room";
        CHECK(d.w.run(d.service->send(what)).error().kind() == base::error_kind::invalid);
        CHECK(d.w.run(d.service->edit({"no event"}, d.text("k", "x"))).error().kind() == base::error_kind::invalid);
        CHECK(d.w.run(d.service->react(d.room, "", "k", "x")).error().kind() == base::error_kind::invalid);
    }

    TEST_CASE("three failures set a message aside, and the next one comes") {
        desk d;
        d.ann.say(d.room, "bad");
        d.ann.say(d.room, "good");
        bool last = false;
        for (int i = 0; i < 3; ++i) {
            CHECK_FALSE(last);
            auto delivery = d.w.run(d.service->next()).value();
            CHECK(delivery->content().text == "bad");
            last = d.w.run(delivery->failed("no"));
        }
        CHECK(last);
        auto delivery = d.w.run(d.service->next()).value();
        CHECK(delivery->content().text == "good");
        d.w.run(delivery->acknowledge());
    }

    TEST_CASE("once stopped, it says so") {
        desk d;
        d.w.stop(*d.client);
        CHECK(d.w.run(d.service->next()).error().kind() == base::error_kind::unavailable);
        CHECK(d.w.run(d.service->send(d.text("k", "x"))).error().kind() == base::error_kind::unavailable);
    }
}

}  // namespace chatrixcd::test

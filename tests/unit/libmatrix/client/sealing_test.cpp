// SPDX-License-Identifier: Apache-2.0
// When a client encrypts what it says, and what a failure on the way leaves.
#include <doctest/doctest.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <chatrixcd/base/store.hpp>
#include <chatrixcd/base/task_group.hpp>

#include "state/schema.hpp"
#include "state/sealed_columns.hpp"
#include "support/requests.hpp"
#include "support/speaker.hpp"

namespace chatrixcd::test {

TEST_SUITE("matrix::client::sealing") {
    TEST_CASE("a message whose key everybody has goes to the disk once before it leaves") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = secret_room(w, ann, account);
        speaker anns(w, "ann");
        unsigned commits = 0;
        auto const client = w.make_client("store-bot", [&](matrix::options& o) {
            base::store_hooks hooks;
            hooks.after_commit = [&] { ++commits; };
            o.encryption(true).store_hooks(std::move(hooks));
        });
        w.start(*client, "bot");
        std::vector<unsigned> until_sent;
        unsigned begun = 0;
        w.network->faults = [&](base::http::request const& r) {
            if (contains(r.path(), "/send/m.room.encrypted/")) until_sent.push_back(commits - begun);
            return fault::none();
        };
        for (auto const* text : {"one", "two"}) {
            w.pass(std::chrono::minutes(1));
            begun = commits;
            CHECK(w.run(client->room(matrix::room_id(room)).send(matrix::outgoing::text(text))).has_value());
            anns.wait_for(text);
        }
        REQUIRE(until_sent.size() == 2);
        CHECK(until_sent[0] > 1);
        CHECK(until_sent[1] == 1);
        w.stop(*client);
    }

    TEST_CASE("a message that cannot be sealed as it is queued is queued all the same, and leaves when it can be") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = secret_room(w, ann, account);
        speaker anns(w, "ann");
        bool is_broken = false;
        speaker bot(w, "bot", "bot", [&](matrix::options& o) {
            o.unsigned_devices([&](matrix::room_id const&) -> bool {
                if (is_broken) throw std::runtime_error("the policy is broken");
                return false;
            });
        });
        bot.say(room, "one");
        anns.wait_for("one");
        is_broken = true;
        base::task_group later(w.loop.get_executor(), nullptr);
        auto const say = [&]() -> boost::asio::awaitable<void> {
            CHECK((co_await bot.client->room(matrix::room_id(room)).send(matrix::outgoing::text("two"))).has_value());
        };
        later.spawn(say());
        w.pass(std::chrono::seconds(1));
        is_broken = false;
        anns.wait_for("two");
        w.run(later.join());
    }

    TEST_CASE("a damaged key of a room costs no message") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = secret_room(w, ann, account);
        speaker anns(w, "ann");
        speaker bot(w, "bot");
        bot.say(room, "one");
        anns.wait_for("one");
        auto const with_store = [&](std::function<void(base::transaction&)> const& work) {
            w.stop(*bot.client);
            bot.client.reset();
            base::store_options file;
            file.path = w.path("store-bot") + "/matrix.db";
            file.migrations = matrix::detail::migrations();
            file.sealed = matrix::detail::sealed_columns();
            file.key = base::store_key_file{w.path("store-bot") + "/store.key"};
            auto const store = base::store::open(std::move(file), base::make_inline_store_runner()).value();
            w.run(store->write(work));
        };
        base::blob pickle;
        with_store([&](base::transaction& t) {
            pickle = t.first("SELECT pickle FROM sending_key", {})->bytes(0);
            t.run("UPDATE sending_key SET pickle = x'00'", {});
        });
        bot.open();
        base::task_group later(w.loop.get_executor(), nullptr);
        auto const say = [&]() -> boost::asio::awaitable<void> {
            static_cast<void>(co_await bot.client->room(matrix::room_id(room)).send(matrix::outgoing::text("two").key("two")));
        };
        later.spawn(say());
        w.pass(std::chrono::minutes(1));
        CHECK(anns.heard == strings{"one"});
        with_store([&](base::transaction& t) { t.run("UPDATE sending_key SET pickle = ?1", {pickle}); });
        w.run(later.join());
        bot.open();
        anns.wait_for("two");
    }

    TEST_CASE("whichever transaction of who speaks first fails, or is kept without its being told, a claimed key begins one session") {
        auto const speak = [](unsigned failing, bool kept) {
            CAPTURE(failing);
            CAPTURE(kept);
            world w;
            auto ann = w.add("ann");
            auto account = w.add("bot");
            // A key for each message, so that the session is used again.
            auto const room = make_room_as(w, ann,
                                           R"({"invite":["@bot:test"],"initial_state":[{"type":"m.room.encryption","state_key":"",)"
                                           R"("content":{"algorithm":"m.megolm.v1.aes-sha2","rotation_period_msgs":1}}]})");
            account.join(room);
            unsigned commits = 0;
            bool has_begun = false;
            auto const fail = [&] {
                if (has_begun && ++commits == failing) throw std::runtime_error("the disk is gone");
            };
            base::store_hooks hooks;
            (kept ? hooks.after_commit : hooks.before_commit) = fail;
            speaker anns(w, "ann");
            speaker bot(w, "bot", hooks);
            w.pass(std::chrono::minutes(1));
            has_begun = true;
            for (std::string const word : {"one", "two", "three"}) {
                for (bool is_sent = false; !is_sent;) {
                    try {
                        auto message = matrix::outgoing::text(word).key("key " + word);
                        is_sent = w.run(bot.client->room(matrix::room_id(room)).send(std::move(message))).has_value();
                    } catch (base::store_error const&) {
                        w.pass(std::chrono::seconds(1));
                    }
                }
                anns.wait_for(word);
            }
            CHECK(anns.heard == strings{"one", "two", "three"});
            CHECK(count_of(ann, room, "m.room.encrypted") == 3);
            return commits >= failing;
        };
        for (bool const kept : {false, true}) {
            unsigned failing = 1;
            while (speak(failing, kept)) ++failing;
            CHECK(failing > 15);
        }
    }
}

}  // namespace chatrixcd::test

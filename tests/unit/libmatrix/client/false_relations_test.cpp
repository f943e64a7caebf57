// SPDX-License-Identifier: Apache-2.0
// What stands in clear in encrypted rooms a homeserver can forge: to what an event relates, and reactions.
#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/homeserver/testing/lies.hpp>

#include "support/speaker.hpp"

namespace chatrixcd::test {

namespace {

namespace lies = homeserver::testing::lies;

// Writes down everything of a room that is no state.
class reader {
public:
    explicit reader(world& w) : w_(w), client_(w.make_client("store-bot", [](matrix::options& o) { o.encryption(true); })) {
        client_->deliver_if([](matrix::room_id const&, matrix::event const& e) { return !e.state_key(); });
        client_->on_message([this](matrix::message m) -> boost::asio::awaitable<void> {
            messages.push_back(std::move(m));
            co_return;
        });
        client_->on_event([this](matrix::room, matrix::event e) -> boost::asio::awaitable<void> {
            events.push_back(std::move(e));
            co_return;
        });
        w.start(*client_, "bot");
    }
    ~reader() { w_.stop(*client_); }

    std::vector<matrix::message> messages;
    std::vector<matrix::event> events;

private:
    world& w_;
    std::unique_ptr<matrix::client> client_;
};

// Ann and the bot in an encrypted room, whose bot hears what the homeserver makes of it.
class lied_to {
public:
    lied_to() : ann(w.add("ann")), account(w.add("bot")), room(secret_room(w, ann, account)), bot(w), anns(w, "ann") {
        w.pass(std::chrono::seconds(5));
    }
    void tell(lies::rewrite lie) { w.network->rules.on("/sync").for_user("@bot:test").does(fault::lie("it is not so", std::move(lie))); }

    world w;
    person ann;
    person account;
    std::string room;
    reader bot;
    speaker anns;
};

}  // namespace

TEST_SUITE("matrix::client::false relations") {
    TEST_CASE("an encrypted message can be put into a thread by the homeserver, and its words and its sender are what they were") {
        lied_to t;
        t.tell(lies::forge_relation(t.room, R"({"rel_type":"m.thread","event_id":"$root","m.in_reply_to":{"event_id":"$other"}})"));
        t.anns.say(t.room, "as I said");
        t.w.until([&] { return !t.bot.messages.empty(); });
        auto const& heard = t.bot.messages.at(0);
        CHECK(heard.text() == "as I said");
        CHECK(heard.trust().encrypted);
        CHECK(heard.trust().cross_signed);
        CHECK(heard.thread_root() == matrix::event_id("$root"));
        CHECK(heard.in_reply_to() == matrix::event_id("$other"));
    }

    TEST_CASE("an encrypted message that the homeserver makes an edit of another is delivered as no message: at worst it is not heard") {
        lied_to t;
        t.tell(lies::forge_relation(t.room, R"({"rel_type":"m.replace","event_id":"$other"})"));
        t.anns.say(t.room, "as I said");
        t.w.until([&] { return !t.bot.events.empty(); });
        CHECK(t.bot.messages.empty());
        CHECK(t.bot.events.at(0).relates_to()->type == "m.replace");
    }

    TEST_CASE("a reaction in an encrypted room, which anybody at the homeserver could have made, carries no trust") {
        lied_to t;
        t.tell(lies::forge_reaction(t.room, "@ann:test", "$plan", "yes"));
        t.anns.say(t.room, "in earnest");
        t.w.until([&] { return !t.bot.events.empty() && !t.bot.messages.empty(); });
        auto const& reaction = t.bot.events.at(0);
        CHECK(reaction.type() == "m.reaction");
        CHECK(reaction.sender() == matrix::user_id("@ann:test"));
        CHECK(reaction.trust() == matrix::trust());
        CHECK_FALSE(reaction.trust().encrypted);
        CHECK(t.bot.messages.at(0).trust().encrypted);
    }
}

}  // namespace chatrixcd::test

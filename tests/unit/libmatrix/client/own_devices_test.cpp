// SPDX-License-Identifier: Apache-2.0
// Devices of one account that compare codes: the one that holds the identity signs the other.
#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/task_group.hpp>

#include "support/speaker.hpp"

namespace chatrixcd::test {

namespace {

// A device of the bot's, whose person says of all codes that they are the same, or that they are others.
class own_device_of {
public:
    own_device_of(world& of, std::string const& store, bool sees_the_same) : w(of), agrees_(sees_the_same) {
        client = w.make_client("store-" + store, [](matrix::options& o) { o.encryption(true); });
        client->on_verification([this](matrix::verification asked) { return compare(std::move(asked)); });
        client->on_message([this](matrix::message m) -> boost::asio::awaitable<void> {
            heard.push_back(m.text());
            co_return;
        });
        w.start(*client, "bot");
        w.run(client->identity()).value();
    }
    ~own_device_of() { w.stop(*client); }

    boost::asio::awaitable<void> compare(matrix::verification asked) {
        auto const codes = co_await asked.codes();
        if (!codes) co_return;
        if (!agrees_) asked.mismatch();
        auto const said = co_await asked.confirm();
        if (said) proof = *said;
        is_over = true;
    }

    world& w;
    std::unique_ptr<matrix::client> client;
    std::optional<matrix::verified> proof;
    bool is_over = false;
    strings heard;

private:
    bool agrees_;
};

}  // namespace

TEST_SUITE("matrix::client::own devices") {
    TEST_CASE("a device that was compared with the one that holds the identity is signed by it, and is one of the account's to others") {
        for (bool const sees_the_same : {true, false}) {
            CAPTURE(sees_the_same);
            world w;
            auto ann = w.add("ann");
            auto account = w.add("bot");
            auto const room = secret_room(w, ann, account);
            own_device_of first(w, "first", /*sees_the_same=*/true);
            own_device_of second(w, "second", sees_the_same);
            speaker anns(w, "ann");
            w.run(second.client->room(matrix::room_id(room)).send(matrix::outgoing::text("before"))).value();
            anns.wait_for("before");
            CHECK_FALSE(anns.trusts.back().cross_signed);

            auto asked = w.run(first.client->verify_device(matrix::user_id("@bot:test"), second.client->device()));
            REQUIRE(asked.has_value());
            base::task_group later(w.loop.get_executor(), nullptr);
            later.spawn(first.compare(*asked));
            w.until([&] { return first.is_over && second.is_over; });
            CHECK(first.proof.has_value() == sees_the_same);
            CHECK(second.proof.has_value() == sees_the_same);
            w.pass(std::chrono::seconds(30));

            w.run(second.client->room(matrix::room_id(room)).send(matrix::outgoing::text("after"))).value();
            anns.wait_for("after");
            CHECK(anns.trusts.back().device == second.client->device());
            CHECK(anns.trusts.back().cross_signed == sees_the_same);
            anns.say(room, "for the account's own");
            w.until([&] { return !first.heard.empty(); });
            w.pass(std::chrono::seconds(5));
            CHECK(second.heard == (sees_the_same ? strings{"for the account's own"} : strings{}));
            w.run(later.join());
        }
    }
}

}  // namespace chatrixcd::test

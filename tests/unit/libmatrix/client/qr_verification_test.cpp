// SPDX-License-Identifier: Apache-2.0
// Clients of which one shows a QR code and the other one scans it, on the embedded homeserver.
#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>

#include "support/requests.hpp"
#include "support/world.hpp"

namespace chatrixcd::test {

namespace {

// Shows a code to whoever asks, or asks and scans it.
class person_with_qr_codes {
public:
    person_with_qr_codes(world& of, std::string who, bool shows, bool scans, std::string in = "",
                         std::optional<matrix::recovery_key> key = std::nullopt)
        : w(of) {
        client = w.make_client("store-" + who + in, [=](matrix::options& o) {
            o.encryption(true).qr_codes(shows, scans);
            if (key) o.recovery(*key);
        });
        client->on_verification([this](matrix::verification asked) { return show(std::move(asked)); });
        // Requests in rooms are messages, which come to those alone who hear messages.
        client->on_message([](matrix::message) -> boost::asio::awaitable<void> { co_return; });
        w.start(*client, who);
        (void)w.run(client->identity());
    }
    ~person_with_qr_codes() { w.stop(*client); }

    boost::asio::awaitable<void> show(matrix::verification asked) {
        last = asked;
        auto const code = co_await asked.qr_data();
        if (!code) {
            problem = code.error().message();
            co_return;
        }
        shown = *code;
        auto const seen = co_await asked.scanned();
        if (!seen) {
            problem = seen.error().message();
            co_return;
        }
        was_scanned = true;
        if (sees_nothing) {
            asked.mismatch();
            co_return;
        }
        auto work = only_agrees ? &matrix::verification::agree : &matrix::verification::confirm;
        auto const proof = co_await (asked.*work)();
        if (proof) proved = *proof;
        if (!proof) problem = proof.error().message();
    }
    boost::asio::awaitable<void> scan(matrix::verification of, matrix::secret code) {
        auto const proof = co_await of.scan(code);
        if (proof) proved = *proof;
        if (!proof) problem = proof.error().message();
    }
    bool believes(std::string const& whom) { return w.run(client->identity_of(matrix::user_id(whom))).value().is_verified; }

    world& w;
    std::unique_ptr<matrix::client> client;
    std::optional<matrix::verification> last;
    std::optional<matrix::secret> shown;
    std::optional<matrix::verified> proved;
    std::string problem;
    bool was_scanned = false;
    bool sees_nothing = false;
    bool only_agrees = false;
};

std::string room_of_both(world& w, person& ann, person& bot) {
    auto room = make_room_as(
        w, ann,
        R"({"invite":["@bot:test"],"initial_state":[{"type":"m.room.encryption","state_key":"","content":{"algorithm":"m.megolm.v1.aes-sha2"}}]})");
    bot.join(room);
    return room;
}

}  // namespace

TEST_SUITE("matrix::client::qr_verification") {
    TEST_CASE("one scans what the other one shows, in a room and between devices, and each knows the other's identity") {
        for (bool const in_room : {true, false}) {
            CAPTURE(in_room);
            world w;
            auto ann = w.add("ann");
            auto account = w.add("bot");
            auto const room = room_of_both(w, ann, account);
            person_with_qr_codes bot(w, "bot", /*shows=*/true, /*scans=*/false);
            person_with_qr_codes anns(w, "ann", /*shows=*/false, /*scans=*/true);
            matrix::user_id const whom("@bot:test");
            auto asked = in_room ? w.run(anns.client->verify(matrix::room_id(room), whom))
                                 : w.run(anns.client->verify_device(whom, bot.client->device()));
            REQUIRE(asked.has_value());
            // Ann's side has nothing to show, and waits until the bot's is ready.
            auto const nothing = w.run(asked->qr_data());
            CHECK(nothing.error().kind() == base::error_kind::invalid);
            w.until([&] { return bot.shown.has_value(); });
            base::task_group later(w.loop.get_executor(), nullptr);
            later.spawn(anns.scan(*asked, *bot.shown));
            w.until([&] { return anns.proved && bot.proved; });
            for (auto const* each : {&anns, &bot}) {
                CHECK(each->proved->identity);
                CHECK_FALSE(each->proved->device);
            }
            CHECK(anns.believes("@bot:test"));
            CHECK(bot.believes("@ann:test"));
            w.run(later.join());
        }
    }

    TEST_CASE("of two devices of ours the one that has the identity signs the other, whoever shows the code") {
        for (bool const new_shows : {true, false}) {
            for (bool const is_seen : {true, false}) {
                CAPTURE(new_shows);
                CAPTURE(is_seen);
                world w;
                auto ann = w.add("ann");
                person_with_qr_codes old_one(w, "ann", /*shows=*/true, /*scans=*/true);
                person_with_qr_codes new_one(w, "ann", /*shows=*/true, /*scans=*/true, "-new");
                auto& shows = new_shows ? new_one : old_one;
                auto& scans = new_shows ? old_one : new_one;
                shows.sees_nothing = !is_seen;
                std::string signed_devices;
                w.network->faults = [&](base::http::request const& r) {
                    if (r.path().ends_with("/keys/signatures/upload")) signed_devices += r.body;
                    return fault::none();
                };
                auto asked = w.run(scans.client->verify_device(matrix::user_id("@ann:test"), shows.client->device()));
                REQUIRE(asked.has_value());
                REQUIRE(w.run(asked->qr_data()).has_value());
                w.until([&] { return shows.shown.has_value(); });
                base::task_group later(w.loop.get_executor(), nullptr);
                later.spawn(scans.scan(*asked, *shows.shown));
                w.until([&] { return is_seen ? scans.proved && shows.proved : !scans.problem.empty(); });
                w.pass(std::chrono::minutes(1));
                CHECK(contains(signed_devices, new_one.client->device().str()) == is_seen);
                CHECK_FALSE(contains(signed_devices, old_one.client->device().str()));
                if (is_seen) {
                    CHECK(old_one.proved->device);
                    // What it has learned of the identity is its secret storage's to say.
                    CHECK_FALSE(new_one.proved->device);
                    CHECK_FALSE(new_one.proved->identity);
                }
                w.run(later.join());
            }
        }
    }

    TEST_CASE("who scans the code of a device that trusts the identity has learned nothing of that device, and does not sign it") {
        world w;
        auto ann = w.add("ann");
        auto const key = matrix::recovery_key::make(*w.random);
        person_with_qr_codes first(w, "ann", /*shows=*/true, /*scans=*/false, "-first", key);
        person_with_qr_codes second(w, "ann", /*shows=*/false, /*scans=*/true, "-second", key);
        std::string signed_devices;
        w.network->faults = [&](base::http::request const& r) {
            if (r.path().ends_with("/keys/signatures/upload")) signed_devices += r.body;
            return fault::none();
        };
        auto asked = w.run(second.client->verify_device(matrix::user_id("@ann:test"), first.client->device()));
        REQUIRE(asked.has_value());
        (void)w.run(asked->qr_data());
        w.until([&] { return first.shown.has_value(); });
        auto const proof = w.run(asked->scan(*first.shown));
        REQUIRE(proof.has_value());
        CHECK_FALSE(proof->device);
        w.pass(std::chrono::minutes(1));
        CHECK(first.proved->device);
        CHECK(contains(signed_devices, second.client->device().str()));
        CHECK_FALSE(contains(signed_devices, first.client->device().str()));
    }

    TEST_CASE("who scans a code that a restart has made worthless is told so, and believes nobody") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        room_of_both(w, ann, account);
        auto bot = std::make_unique<person_with_qr_codes>(w, "bot", /*shows=*/true, /*scans=*/false);
        person_with_qr_codes anns(w, "ann", /*shows=*/false, /*scans=*/true);
        auto asked = w.run(anns.client->verify_device(matrix::user_id("@bot:test"), bot->client->device()));
        REQUIRE(asked.has_value());
        (void)w.run(asked->qr_data());
        w.until([&] { return bot->shown.has_value(); });
        auto const code = *bot->shown;
        bot.reset();
        bot = std::make_unique<person_with_qr_codes>(w, "bot", /*shows=*/true, /*scans=*/false);
        auto const proof = w.run(asked->scan(code));
        REQUIRE_FALSE(proof.has_value());
        CHECK(contains(proof.error().message(), "m.unknown_transaction"));
        CHECK_FALSE(anns.believes("@bot:test"));
    }

    TEST_CASE("who shows a code for the sake of the other one alone believes nobody for it") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = room_of_both(w, ann, account);
        person_with_qr_codes bot(w, "bot", /*shows=*/true, /*scans=*/false);
        person_with_qr_codes anns(w, "ann", /*shows=*/false, /*scans=*/true);
        bot.only_agrees = true;
        auto asked = w.run(anns.client->verify(matrix::room_id(room), matrix::user_id("@bot:test")));
        REQUIRE(asked.has_value());
        (void)w.run(asked->qr_data());
        w.until([&] { return bot.shown.has_value(); });
        CHECK(w.run(asked->scan(*bot.shown)).has_value());
        w.until([&] { return bot.proved.has_value(); });
        CHECK(anns.believes("@bot:test"));
        CHECK_FALSE(bot.believes("@ann:test"));
    }

    TEST_CASE("a person who does not see that the code was scanned ends it, and neither is believed") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = room_of_both(w, ann, account);
        person_with_qr_codes bot(w, "bot", /*shows=*/true, /*scans=*/true);
        person_with_qr_codes anns(w, "ann", /*shows=*/true, /*scans=*/true);
        bot.sees_nothing = true;
        auto asked = w.run(anns.client->verify(matrix::room_id(room), matrix::user_id("@bot:test")));
        REQUIRE(asked.has_value());
        CHECK(w.run(asked->qr_data()).has_value());
        w.until([&] { return bot.shown.has_value(); });
        base::task_group later(w.loop.get_executor(), nullptr);
        later.spawn(anns.scan(*asked, *bot.shown));
        w.until([&] { return !anns.problem.empty(); });
        CHECK(contains(anns.problem, "m.key_mismatch"));
        CHECK_FALSE(anns.believes("@bot:test"));
        CHECK_FALSE(bot.believes("@ann:test"));
        w.run(later.join());
    }

    TEST_CASE("what a camera reads by mistake ends nothing, and codes can be compared instead") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = room_of_both(w, ann, account);
        person_with_qr_codes bot(w, "bot", /*shows=*/true, /*scans=*/true);
        person_with_qr_codes anns(w, "ann", /*shows=*/true, /*scans=*/true);
        auto asked = w.run(anns.client->verify(matrix::room_id(room), matrix::user_id("@bot:test")));
        REQUIRE(asked.has_value());
        CHECK(w.run(asked->qr_data()).has_value());
        auto const taken = w.run(asked->scan(matrix::secret("https://example.org/menu")));
        CHECK(taken.error().kind() == base::error_kind::invalid);
        base::task_group later(w.loop.get_executor(), nullptr);
        bool has_codes = false;
        auto compare = [&]() -> boost::asio::awaitable<void> {
            auto const codes = co_await asked->codes();
            has_codes = codes.has_value();
        };
        later.spawn(compare());
        w.until([&] { return has_codes && !bot.problem.empty(); });
        CHECK_FALSE(bot.was_scanned);
        CHECK(w.run(bot.last->codes()).has_value());
        w.run(later.join());
    }

    TEST_CASE("a client that is not told of QR codes offers none, and shows none") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = room_of_both(w, ann, account);
        person_with_qr_codes bot(w, "bot", /*shows=*/false, /*scans=*/false);
        person_with_qr_codes anns(w, "ann", /*shows=*/true, /*scans=*/true);
        auto asked = w.run(anns.client->verify(matrix::room_id(room), matrix::user_id("@bot:test")));
        REQUIRE(asked.has_value());
        CHECK(w.run(asked->qr_data()).error().kind() == base::error_kind::invalid);
        w.until([&] { return !bot.problem.empty(); });
        CHECK_FALSE(bot.shown.has_value());
        CHECK(w.run(asked->scan(matrix::secret("MATRIX"))).error().kind() == base::error_kind::invalid);
        CHECK(w.run(asked->codes()).has_value());
    }
}

}  // namespace chatrixcd::test

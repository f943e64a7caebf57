// SPDX-License-Identifier: Apache-2.0
// `chatrixcd verify --replace-identity`, as whoever sits at the machine sees it.
#include <deque>
#include <sstream>

#include <chatrixcd/matrix/recovery_key.hpp>

#include "verification/new_identity.hpp"
#include "verification/office.hpp"

namespace chatrixcd::test {

namespace {

using boost::asio::awaitable;

// The bot's store is gone, and nobody has a recovery key.
class bereft_office : public verification_office {
public:
    bereft_office() {
        settings.matrix.store_path = w.path("lost");
        start_bot();
        check_shows(ann->ask("!cd ping"), "pong");
        stop_bot();
        settings.matrix.store_path = w.path("bot");
        before = identity();
    }
    // The account's identity, as Ann's client sees it.
    std::string identity() { return w.run(ann->client->identity_of(matrix::user_id("@bot:test"))).value().master_key; }

    std::string before;
};

class terminal {
public:
    terminal(bereft_office& with, std::deque<std::string> lines, bool is_sure = false, bot::account_secrets const& secrets = {})
        : o(with), typed(std::move(lines)), life(with.w.loop.get_executor(), nullptr) {
        auto const around = o.around();
        auto const answers = [this] { return next(); };
        session = std::make_unique<bot::new_identity>(around, o.settings, secrets, is_sure, answers, out);
        life.spawn([](terminal& it) -> awaitable<void> { it.outcome.emplace(co_await it.session->run(it.o.tokens())); }(*this));
    }
    ~terminal() { end(); }
    void end() {
        if (!session) return;
        session->request_stop();
        o.w.run(session->stop());
        o.w.run(life.join());
        session.reset();
    }
    awaitable<std::optional<std::string>> next() {
        if (typed.empty()) co_return std::nullopt;
        auto line = typed.front();
        typed.pop_front();
        co_return line;
    }
    base::result<bool> ended() {
        o.w.until([&] { return outcome.has_value(); });
        return *outcome;
    }
    std::string shown() const { return out.str(); }
    matrix::recovery_key shown_key() const {
        auto const all = shown();
        auto const at = all.find("\n    ", all.find("The new recovery key")) + 5;
        return matrix::recovery_key::parse(base::secret(all.substr(at, all.find('\n', at) - at))).value();
    }

    bereft_office& o;
    std::deque<std::string> typed;
    std::ostringstream out;
    std::unique_ptr<bot::new_identity> session;
    std::optional<base::result<bool>> outcome;
    base::task_group life;
};

}  // namespace

TEST_SUITE("chatrixcd::verification::new_identity") {
    TEST_CASE("who types the account's id gives it a new identity, and the key that was shown brings it back") {
        bereft_office o;
        std::optional<matrix::recovery_key> key;
        {
            terminal t(o, {" @bot:test "});
            CHECK(t.ended().value());
            check_shows(t.shown(), "an identity that this device does not hold");
            check_shows(t.shown(), "Everybody who has verified this account is warned");
            check_shows(t.shown(), "Replaced. The bot's identity is now " + matrix::shown_fingerprint(o.identity()));
            check_shows(t.shown(), "The key above opens the account's secret storage from now on");
            key = t.shown_key();
        }
        CHECK(o.identity() != o.before);
        o.recovery = key;
        o.start_bot();
        auto const info = o.ann->ask("!cd info");
        check_shows(info, "; cross-signed; room keys are backed up");
        o.stop_bot();
        // What was said is read again by a store that begins anew.
        o.settings.matrix.store_path = o.w.path("next");
        o.start_bot();
        check_shows(o.ann->ask("!cd info"), "; cross-signed; room keys are backed up");
    }

    TEST_CASE("anything else than the account's id changes nothing") {
        for (std::deque<std::string> const& typed : {std::deque<std::string>{"yes"}, std::deque<std::string>{"@bot:test2"},
                                                     std::deque<std::string>{""}, std::deque<std::string>{}}) {
            bereft_office o;
            terminal t(o, typed);
            CHECK_FALSE(t.ended().value());
            check_shows(t.shown(), "Nothing was changed.");
            CHECK_FALSE(contains(t.shown(), "recovery key, shown"));
            CHECK(o.identity() == o.before);
        }
    }

    TEST_CASE("who is sure is not asked, and where nothing is missing nothing is replaced") {
        bereft_office o;
        std::optional<matrix::recovery_key> key;
        {
            terminal t(o, {}, /*is_sure=*/true);
            CHECK(t.ended().value());
            key = t.shown_key();
        }
        auto const now = o.identity();
        CHECK(now != o.before);
        terminal again(o, {}, /*is_sure=*/true, bot::account_secrets(key, base::store_key_source()));
        CHECK(again.ended().value());
        check_shows(again.shown(), "there is nothing to replace");
        CHECK(o.identity() == now);
    }

    TEST_CASE("an approval that the homeserver wants elsewhere is waited for, with its address") {
        bereft_office o;
        o.w.network->faults = [](base::http::request const& r) {
            if (!contains(r.path(), "/keys/device_signing/")) return fault::none();
            return fault::answer(json_answer(
                R"({"session":"s","flows":[{"stages":["m.oauth"]}],"params":{"m.oauth":{"url":"https://account.test/reset"}}})", 401));
        };
        terminal t(o, {"", "no"}, /*is_sure=*/true);
        auto const ended = t.ended();
        REQUIRE_FALSE(ended.has_value());
        check_shows(ended.error().message(), "nobody has approved it");
        check_shows(t.shown(), "The homeserver wants the account's owner to approve this: https://account.test/reset");
        check_shows(t.shown(), "The key above opens nothing.");
        CHECK(o.identity() == o.before);
    }

    TEST_CASE("while the bot runs it says so") {
        bereft_office o;
        o.start_bot();
        terminal t(o, {}, /*is_sure=*/true);
        auto const ended = t.ended();
        REQUIRE_FALSE(ended.has_value());
        CHECK(ended.error().kind() == base::error_kind::conflict);
        check_shows(ended.error().describe(), "Stop the bot first");
        CHECK(o.identity() == o.before);
    }
}

}  // namespace chatrixcd::test

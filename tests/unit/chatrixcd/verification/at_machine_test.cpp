// SPDX-License-Identifier: Apache-2.0
// `chatrixcd verify`, as whoever sits at the machine sees it.
#include <deque>
#include <sstream>

#include "verification/at_machine.hpp"
#include "verification/office.hpp"

namespace chatrixcd::test {

namespace {

using boost::asio::awaitable;

class terminal {
public:
    terminal(verification_office& with, std::deque<std::string> lines, std::optional<matrix::user_id> whom = std::nullopt)
        : o(with), typed(std::move(lines)), life(with.w.loop.get_executor(), nullptr) {
        auto const around = o.around();
        auto const answers = [this] { return next(); };
        session = std::make_unique<bot::verification_at_machine>(around, o.settings, bot::account_secrets(), std::move(whom), answers, out);
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
    // Nothing at the end of the input; whoever has gone for a walk says nothing.
    awaitable<std::optional<std::string>> next() {
        ++asked;
        if (is_away) co_await o.w.time.sleep(std::chrono::hours(1));
        if (typed.empty()) co_return std::nullopt;
        auto line = typed.front();
        typed.pop_front();
        co_return line;
    }
    void wait_for_request() {
        o.w.until([&] { return contains(shown(), "to ask"); });
        o.introduce();
    }
    std::string shown() const { return out.str(); }
    bool has_verified() {
        o.w.until([&] { return outcome.has_value(); });
        return outcome->value();
    }

    verification_office& o;
    std::deque<std::string> typed;
    bool is_away = false;
    unsigned asked = 0;
    std::ostringstream out;
    std::unique_ptr<bot::verification_at_machine> session;
    std::optional<base::result<bool>> outcome;
    base::task_group life;
};

bool knows_ann(verification_office& o) {
    o.start_bot();
    return contains(o.ann->ask("!cd verify"), "I have verified you");
}

}  // namespace

TEST_SUITE("chatrixcd::verification::at_machine") {
    TEST_CASE("an admin asks, whoever is at the machine says that the codes are the same, and the bot knows the admin from then on") {
        verification_office o;
        terminal t(o, {"what?", "y"});
        t.wait_for_request();
        check_shows(t.shown(), "Waiting for @ann:test, @bob:test to ask");
        o.ann->begin_verification();
        o.w.until([&] { return contains(t.shown(), "Waiting for @ann:test to say the same."); });
        CHECK(t.asked == 2);
        o.ann->confirm();
        CHECK(t.has_verified());
        CAPTURE(t.shown());
        check_shows(t.shown(), "This bot: @bot:test, device ");
        for (auto const& each : o.ann->codes->emoji) check_shows(t.shown(), std::string(each.symbol) + "  " + std::string(each.name));
        check_shows(t.shown(), bot::shown_numbers(*o.ann->codes));
        check_shows(t.shown(), "Verified: @ann:test, device " + o.ann->client->device().str());
        t.end();
        CHECK(o.ann->has_verified);
        CHECK(knows_ann(o));
    }

    TEST_CASE("no, an empty line and the end of the input verify nobody") {
        for (std::deque<std::string> const& typed :
             {std::deque<std::string>{"n"}, std::deque<std::string>{""}, std::deque<std::string>{}}) {
            verification_office o;
            terminal t(o, typed);
            t.wait_for_request();
            o.ann->begin_verification();
            CHECK_FALSE(t.has_verified());
            check_shows(t.shown(), "Not verified: @ann:test");
            o.w.until([&] { return !o.ann->problem.empty(); });
            check_shows(o.ann->problem, "m.mismatched_sas");
            t.end();
            CHECK_FALSE(knows_ann(o));
        }
    }

    TEST_CASE("somebody who is named is asked in an encrypted room of both, else at their devices") {
        for (bool const shares : {true, false}) {
            CAPTURE(shares);
            verification_office o;
            if (!shares) o.ann_account.kick(o.room, "@bot:test");
            terminal t(o, {"yes"}, matrix::user_id("@ann:test"));
            o.w.until([&] { return o.ann->codes.has_value(); });
            CHECK(o.ann->going_on->room().has_value() == shares);
            o.ann->confirm();
            CHECK(t.has_verified());
            t.end();
            o.w.until([&] { return o.ann->has_verified; });
        }
    }

    TEST_CASE("of several devices the first that answers counts, and the others hear so") {
        verification_office o;
        o.ann_account.kick(o.room, "@bot:test");
        auto other = o.w.make_client("store-other", [](matrix::options& options) { options.encryption(true); });
        std::string problem;
        other->on_verification([&](matrix::verification asked) -> awaitable<void> {
            auto const ended = co_await asked.ended();
            problem = "none";
            if (!ended) problem = ended.error().message();
        });
        o.w.start(*other, "ann");
        o.w.run(other->identity()).value();
        terminal t(o, {"y"}, matrix::user_id("@ann:test"));
        o.w.until([&] { return o.ann->codes.has_value(); });
        o.ann->confirm();
        CHECK(t.has_verified());
        o.w.until([&] { return !problem.empty(); });
        check_shows(problem, "another device has answered");
        t.end();
        o.w.stop(*other);
    }

    TEST_CASE("others are declined, and waited for is who was meant") {
        verification_office o;
        terminal t(o, {"y"});
        t.wait_for_request();
        colleague mallory(o.w, "mallory", o.room);
        mallory.begin_verification();
        o.w.until([&] { return !mallory.problem.empty(); });
        CHECK(t.asked == 0);
        o.ann->begin_verification();
        o.w.until([&] { return o.ann->codes.has_value(); });
        o.ann->confirm();
        CHECK(t.has_verified());
    }

    TEST_CASE("nobody is waited for longer than ten minutes; who gives up meanwhile ends it, whatever is typed") {
        verification_office o;
        {
            terminal t(o, {"y"});
            CHECK_FALSE(t.has_verified());
            check_shows(t.shown(), "for ten minutes");
        }
        terminal t(o, {"y"});
        t.is_away = true;
        t.wait_for_request();
        o.ann->begin_verification();
        o.w.until([&] { return t.asked == 1; });
        o.ann->going_on->cancel("I have changed my mind");
        CHECK_FALSE(t.has_verified());
        check_shows(t.shown(), "I have changed my mind");
    }

    TEST_CASE("who has no device that could be asked cannot be") {
        verification_office o;
        o.w.add("carol");
        terminal t(o, {"y"}, matrix::user_id("@carol:test"));
        o.w.until([&] { return t.outcome.has_value(); });
        CHECK(t.outcome->error().kind() == base::error_kind::not_found);
    }

    TEST_CASE("while the bot runs it says so") {
        verification_office o;
        o.start_bot();
        terminal t(o, {"y"});
        o.w.until([&] { return t.outcome.has_value(); });
        CHECK(t.outcome->error().kind() == base::error_kind::conflict);
        check_shows(t.outcome->error().describe(), "Stop it first, or verify in its room");
    }

    TEST_CASE("a command that comes meanwhile is answered by the bot's next start") {
        verification_office o;
        terminal t(o, {"y"});
        t.wait_for_request();
        o.w.run(o.ann->client->room(matrix::room_id(o.room)).send(matrix::outgoing::text("!cd ping"))).value();
        o.w.pass(std::chrono::seconds(30));
        CHECK(o.ann->heard.empty());
        t.end();
        o.start_bot();
        o.w.until([&] { return !o.ann->heard.empty(); });
        CHECK(o.ann->heard.back() == "pong");
    }
}

}  // namespace chatrixcd::test

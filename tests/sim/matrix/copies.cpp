// SPDX-License-Identifier: Apache-2.0
// A store that is put back from a copy: recognised, and nothing is sent twice.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "support/world.hpp"

namespace chatrixcd::test {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using strings = std::vector<std::string>;

namespace {

// A bot that answers each message with an exclamation mark, and remembers what it was given.
class answering_bot {
public:
    answering_bot() : ann(w.add("ann")), account(w.add("bot")), room(ann.make_room({account.id()})) { account.join(room); }
    ~answering_bot() {
        if (bot) stop();
    }

    void start(std::string const& folder = "store") {
        bot = w.make_client(folder);
        bot->on_message([this](matrix::message m) { return answer(std::move(m)); });
        w.start(*bot, "bot");
        w.run(bot->synced()).value();
        w.pass(std::chrono::seconds(5));
    }
    void stop() {
        w.stop(*bot);
        bot.reset();
    }
    void say(std::string const& text) {
        ann.say(room, text);
        w.pass(std::chrono::seconds(5));
    }
    void keep_copy() { fs::copy(w.path("store"), w.path("copy"), fs::copy_options::recursive | fs::copy_options::overwrite_existing); }
    void put_back() {
        fs::remove_all(w.path("store"));
        fs::copy(w.path("copy"), w.path("store"), fs::copy_options::recursive);
    }
    strings answers() { return ann.bodies(room, account.id()); }
    std::size_t logged(std::string const& words) const {
        return static_cast<std::size_t>(
            std::count_if(w.log_lines.begin(), w.log_lines.end(), [&](auto const& line) { return contains(line, words); }));
    }

    world w;
    person ann;
    person account;
    std::string room;
    std::unique_ptr<matrix::client> bot;
    strings given;  // "a", or "a restored"

private:
    asio::awaitable<void> answer(matrix::message m) {
        given.push_back(m.text() + (m.restored() ? " restored" : ""));
        auto const sent = co_await m.reply(m.text() + "!");
        sent.value();
    }
};

constexpr char const* warning = "the store was put back from a copy";

}  // namespace

TEST_SUITE("matrix::copies") {
    TEST_CASE("what comes again after a copy was put back says so, and is not answered again") {
        answering_bot b;
        b.start();
        b.say("a");
        b.stop();
        b.keep_copy();
        b.start();
        b.say("b");
        b.stop();
        b.say("c");
        b.put_back();
        b.start();
        CHECK(b.given == strings{"a", "b", "b restored", "c restored"});
        CHECK(b.answers() == strings{"a!", "b!", "c!"});
        CHECK(b.logged(warning) == 1);
        b.say("d");
        CHECK(b.given.back() == "d");
        b.stop();
        b.start();
        b.say("e");
        CHECK(b.given.back() == "e");
        CHECK(b.answers() == strings{"a!", "b!", "c!", "d!", "e!"});
        CHECK(b.logged(warning) == 1);
    }

    TEST_CASE("a start after an end in good order, or after a crash, is no copy") {
        answering_bot b;
        for (int i = 0; i < 4; ++i) {
            b.start();
            b.say("a" + std::to_string(i));
            b.stop();
        }
        CHECK(b.given == strings{"a0", "a1", "a2", "a3"});
        CHECK(b.logged(warning) == 0);
    }

    TEST_CASE("a copy that was made in the middle of a long run is recognised if something came ten minutes later") {
        answering_bot b;
        b.start();
        b.say("a");
        b.keep_copy();
        b.w.pass(std::chrono::minutes(11));
        b.say("b");
        b.say("c");
        b.stop();
        b.put_back();
        b.start();
        CHECK(b.given == strings{"a", "b", "c", "b restored", "c restored"});
        CHECK(b.answers() == strings{"a!", "b!", "c!"});
    }

    TEST_CASE("what lies in a gap comes as restored, too") {
        answering_bot b;
        b.start();
        b.stop();
        b.keep_copy();
        b.start();
        strings said;
        for (int i = 0; i < 70; ++i) {
            b.ann.say(b.room, "m" + std::to_string(i));
            said.push_back("m" + std::to_string(i) + "!");
        }
        b.w.pass(std::chrono::minutes(1));
        b.stop();
        b.put_back();
        b.given.clear();
        b.start();
        b.w.pass(std::chrono::minutes(1));
        CHECK(b.given.size() == 70);
        CHECK(std::all_of(b.given.begin(), b.given.end(), [](auto const& one) { return contains(one, "restored"); }));
        CHECK(b.answers() == said);
    }

    TEST_CASE("a crash between finding out and the next sync forgets nothing of it") {
        answering_bot b;
        b.start();
        b.stop();
        b.keep_copy();
        b.start();
        b.say("a");
        b.stop();
        b.put_back();
        b.w.network->faults = [](base::http::request const& r) { return contains(r.url, "/sync") ? fault::drop_before() : fault::none(); };
        b.bot = b.w.make_client("store");
        b.w.start(*b.bot, "bot");
        b.w.pass(std::chrono::minutes(1));
        b.stop();
        b.w.network->faults = nullptr;
        b.start();
        CHECK(b.given == strings{"a", "a restored"});
        CHECK(b.answers() == strings{"a!"});
    }

    TEST_CASE("what waited in the copy to be sent is looked for first") {
        answering_bot b;
        b.start();
        b.say("a");
        bool blocked = true;
        b.w.network->faults = [&](base::http::request const& r) {
            return blocked && contains(r.url, "/send/") ? fault::drop_before() : fault::none();
        };
        b.say("b");
        b.keep_copy();
        blocked = false;
        b.w.pass(std::chrono::minutes(2));
        CHECK(b.answers() == strings{"a!", "b!"});
        b.stop();
        b.start();
        b.stop();
        // The homeserver has forgotten whose transaction ids those were.
        b.put_back();
        b.w.time.skew(std::chrono::hours(20));
        b.start();
        b.w.pass(std::chrono::minutes(2));
        CHECK(b.answers() == strings{"a!", "b!"});
    }

    TEST_CASE("a homeserver that refuses account data is told of once, and everything else works") {
        answering_bot b;
        b.w.network->faults = [](base::http::request const& r) {
            if (!contains(r.url, "/account_data/")) return fault::none();
            return fault::answer(base::http::response(403, R"({"errcode":"M_FORBIDDEN","error":"no"})"));
        };
        b.start();
        b.say("a");
        b.w.pass(std::chrono::minutes(11));
        b.say("b");
        CHECK(b.logged("keeps no account data for us") == 1);
        // Marks are still kept here.
        CHECK(b.w.run(b.bot->keep_mark("beside.db", 4)).value() == 0);
        b.stop();
        b.start();
        CHECK(b.w.run(b.bot->keep_mark("beside.db", 2)).value() == 4);
        b.say("c");
        CHECK(b.given == strings{"a", "b", "c"});
        CHECK(b.answers() == strings{"a!", "b!", "c!"});
    }

    TEST_CASE("a homeserver whose account data fails all the time does not keep the bot from working") {
        answering_bot b;
        b.w.network->faults = [](base::http::request const& r) {
            return contains(r.url, "/account_data/") ? fault::server_error(500) : fault::none();
        };
        b.start();
        b.w.pass(std::chrono::minutes(15));
        b.say("a");
        CHECK(b.answers() == strings{"a!"});
        CHECK(b.logged("keeps no account data for us") == 1);
    }

    TEST_CASE("nothing is received before the homeserver knows of the start") {
        answering_bot b;
        bool told = false;
        bool too_early = false;
        b.w.network->faults = [&](base::http::request const& r) {
            if (contains(r.url, "/sync") && !told) too_early = true;
            if (r.verb == base::http::method::put && contains(r.url, "/account_data/")) told = true;
            return fault::none();
        };
        b.start();
        CHECK(told);
        CHECK_FALSE(too_early);
    }

    TEST_CASE("a mark of a store beside ours outlives the copy of all of them, and marks of other accounts' stores are left alone") {
        answering_bot b;
        b.start();
        CHECK(b.w.run(b.bot->keep_mark("beside.db", 1)).value() == 0);
        b.stop();
        b.keep_copy();
        b.start();
        CHECK(b.w.run(b.bot->keep_mark("beside.db", 7)).value() == 1);
        b.stop();
        b.start("another");
        CHECK(b.w.run(b.bot->keep_mark("beside.db", 1)).value() == 0);
        b.stop();
        b.put_back();
        b.start();
        CHECK(b.w.run(b.bot->keep_mark("beside.db", 1)).value() == 7);
        CHECK(b.w.run(b.bot->keep_mark("matrix.db", 1)).error().kind() == base::error_kind::invalid);
    }

    TEST_CASE("account data that somebody else has filled with anything does no harm") {
        answering_bot b;
        auto nonsense = [&](std::string const& text) {
            b.w.network->faults = [text](base::http::request const& r) {
                bool const asked = r.verb == base::http::method::get && contains(r.url, "/account_data/");
                return asked ? fault::answer(base::http::response(200, text)) : fault::none();
            };
            b.start();
            b.say("a");
            b.stop();
        };
        nonsense("{}");
        nonsense(R"({"x":1,"y":[],"z":{"matrix.db":"no","at":{}}})");
        std::string many = R"({"s0":{"at":1})";
        for (int i = 1; i < 2000; ++i) many += ",\"s" + std::to_string(i) + "\":{\"at\":1e300}";
        nonsense(many + "}");
        CHECK(b.given == strings{"a", "a", "a"});
        CHECK(b.logged(warning) == 0);
    }
}

}  // namespace chatrixcd::test

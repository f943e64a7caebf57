// SPDX-License-Identifier: Apache-2.0
// The account's backup of room keys: made once, kept up, and what a device whose store is lost reads by it.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/matrix/key_backup.hpp>
#include <chatrixcd/matrix/recovery_key.hpp>

#include "crypto/backup/backup_key.hpp"
#include "support/requests.hpp"
#include "support/world.hpp"

namespace chatrixcd::test {

namespace {

namespace json = boost::json;
using base::http::method;
using matrix::backup_voucher;
using matrix::recovery_key;
using strings = std::vector<std::string>;

// A device of an account, in a store of its own, that hears what was said before it came.
class listener {
public:
    listener(world& of, std::string account, std::string store, std::optional<recovery_key> key) : w(of) {
        client = w.make_client("store-" + store, [&](matrix::options& o) {
            o.encryption(true);
            o.at_first_start(matrix::first_start::deliver_old);
            if (key) o.recovery(*key);
            o.workers(*workers_);
        });
        client->on_message([this](matrix::message m) -> boost::asio::awaitable<void> {
            heard.push_back(m.text());
            trusts.push_back(m.trust());
            co_return;
        });
        w.start(*client, account);
    }
    ~listener() { w.stop(*client); }
    listener(listener const&) = delete;
    listener& operator=(listener const&) = delete;

    matrix::key_backup_state backup() { return w.run(client->backup()).value(); }
    void say(std::string const& room, std::string text) {
        CHECK(w.run(client->room(matrix::room_id(room)).send(matrix::outgoing::text(std::move(text)))).has_value());
    }
    bool has_heard(std::string const& text) const { return std::ranges::find(heard, text) != heard.end(); }
    void wait_for(std::string const& text) {
        w.until([&] { return has_heard(text); });
    }

    world& w;
    std::unique_ptr<matrix::client> client;
    strings heard;
    std::vector<matrix::trust> trusts;

private:
    std::unique_ptr<base::worker_pool> workers_ = base::make_inline_workers();
};

std::string const secret_wish =
    R"({"invite":["@bot:test"],"initial_state":[{"type":"m.room.encryption","state_key":"","content":{"algorithm":"m.megolm.v1.aes-sha2"}}]})";

// Ann and the bot in an encrypted room.
struct stage {
    stage() : room(make_room_as(w, ann, secret_wish)) { bot.join(room); }

    // The backup as the homeserver has it; empty: none.
    json::object shown() {
        base::http::request r(method::get, "/_matrix/client/v3/room_keys/version");
        std::move(r).with_bearer(bot.token());
        auto const said = w.run(w.server->handle(std::move(r)));
        return said.status == 200 ? base::parse_json_object(said.body).value() : json::object();
    }
    std::string version() { return base::find_string(shown(), "version").value_or(std::string()); }
    std::int64_t count() { return base::find_integer(shown(), "count").value_or(-1); }
    // Makes one that somebody else has the key of.
    std::string make_another() {
        json::object body{{"algorithm", matrix::crypto::backup_algorithm}};
        body["auth_data"].emplace_object()["public_key"] = matrix::crypto::backup_key::make(*w.random).public_key();
        return base::find_string(ask_as(w, bot, method::post, "/room_keys/version", json::serialize(body)), "version").value();
    }
    bool has_logged(std::string const& words) {
        return std::ranges::any_of(w.log_lines, [&](std::string const& line) { return contains(line, words); });
    }

    world w;
    person ann = w.add("ann");
    person bot = w.add("bot");
    std::string room;
    recovery_key key = recovery_key::make(*w.random);
};

bool is_lookup(base::http::request const& r) { return r.verb == method::get && contains(r.path(), "/room_keys/keys/"); }

}  // namespace

TEST_SUITE("matrix::client::backup") {
    TEST_CASE("with a recovery key a backup is made, keys go there, and a device whose store is lost reads what was said before") {
        stage s;
        listener anns(s.w, "ann", "ann", std::nullopt);
        {
            listener first(s.w, "bot", "first", s.key);
            auto const state = first.backup();
            CHECK(state.version == s.version());
            CHECK(state.vouched_by == backup_voucher::private_key);
            CHECK(state.problem.empty());
            anns.say(s.room, "one");
            first.wait_for("one");
            first.say(s.room, "mine");
            s.w.pass(std::chrono::minutes(1));
            // Theirs and our own.
            CHECK(s.count() == 2);
            CHECK(first.backup().count == 2);
            CHECK(first.backup().missing == 0);
        }
        listener second(s.w, "bot", "second", s.key);
        second.wait_for("one");
        REQUIRE(second.trusts.size() == 1);
        CHECK(second.trusts[0].encrypted);
        CHECK(second.trusts[0].source == matrix::key_source::backup);
        CHECK(second.trusts[0].late);
        CHECK_FALSE(second.trusts[0].cross_signed);
        CHECK(second.trusts[0].device.str().empty());
        CHECK(second.backup().vouched_by == backup_voucher::private_key);
        anns.say(s.room, "two");
        second.wait_for("two");
        CHECK(second.heard == strings{"one", "two"});
        CHECK(second.trusts[1].source == matrix::key_source::direct);
        CHECK_FALSE(second.trusts[1].late);
        // The identity and the backup's key are in secret storage, in clear nowhere.
        auto const secret =
            ask_as(s.w, s.bot, method::get, "/user/" + base::percent_encode(s.bot.id()) + "/account_data/m.megolm_backup.v1");
        CHECK(secret.contains("encrypted"));
    }

    TEST_CASE("without a recovery key no backup is made, and the state says so") {
        stage s;
        listener const first(s.w, "bot", "first", std::nullopt);
        auto const state = s.w.run(first.client->backup()).value();
        CHECK(state.version.empty());
        CHECK(state.vouched_by == backup_voucher::nobody);
        CHECK(contains(state.problem, "none is made without a recovery key"));
        CHECK(s.shown().empty());
    }

    TEST_CASE("a backup that is not ours gets no keys, gives none, and is not replaced") {
        stage s;
        auto const theirs = s.make_another();
        listener anns(s.w, "ann", "ann", std::nullopt);
        unsigned lookups = 0;
        s.w.network->observer = [&](base::http::request const& r, base::http::response const&) { lookups += is_lookup(r) ? 1U : 0U; };
        listener bot(s.w, "bot", "first", s.key);
        auto const state = bot.backup();
        CHECK(state.version == theirs);
        CHECK(state.vouched_by == backup_voucher::nobody);
        CHECK(contains(state.problem, "nobody vouches for"));
        anns.say(s.room, "one");
        bot.wait_for("one");
        s.w.pass(std::chrono::minutes(5));
        CHECK(s.version() == theirs);
        CHECK(s.count() == 0);
        CHECK(lookups == 0);
    }

    TEST_CASE("once a backup that is not ours is gone, one is made, without a restart") {
        stage s;
        auto const theirs = s.make_another();
        listener anns(s.w, "ann", "ann", std::nullopt);
        listener bot(s.w, "bot", "first", s.key);
        CHECK(bot.backup().vouched_by == backup_voucher::nobody);
        ask_as(s.w, s.bot, method::delete_, "/room_keys/version/" + theirs);
        s.w.pass(std::chrono::hours(7));
        anns.say(s.room, "one");
        bot.wait_for("one");
        s.w.pass(std::chrono::minutes(1));
        CHECK(bot.backup().vouched_by == backup_voucher::private_key);
        CHECK(s.count() == 1);
    }

    TEST_CASE("a backup that another client put in ours' place gets no keys of ours either") {
        stage s;
        listener anns(s.w, "ann", "ann", std::nullopt);
        listener bot(s.w, "bot", "first", s.key);
        CHECK(bot.backup().vouched_by == backup_voucher::private_key);
        auto const theirs = s.make_another();
        anns.say(s.room, "one");
        bot.wait_for("one");
        s.w.pass(std::chrono::minutes(5));
        CHECK(s.version() == theirs);
        CHECK(s.count() == 0);
        CHECK(bot.backup().vouched_by == backup_voucher::nobody);
        CHECK(bot.backup().missing > 0);
    }

    TEST_CASE("a backup that was removed is not made anew") {
        stage s;
        listener anns(s.w, "ann", "ann", std::nullopt);
        listener bot(s.w, "bot", "first", s.key);
        ask_as(s.w, s.bot, method::delete_, "/room_keys/version/" + bot.backup().version);
        anns.say(s.room, "one");
        bot.wait_for("one");
        s.w.pass(std::chrono::minutes(5));
        CHECK(s.shown().empty());
        CHECK(contains(bot.backup().problem, "was removed"));
    }

    TEST_CASE("whichever request was the last before the store was lost, there is one backup, and the recovery key opens it") {
        auto const lose = [](unsigned last) {
            CAPTURE(last);
            stage s;
            unsigned count = 0;
            s.w.network->faults = [&](base::http::request const& r) {
                if (!contains(r.path(), "/room_keys/") && !contains(r.path(), "/account_data/m.megolm")) return fault::none();
                ++count;
                return count == last ? fault::drop_after() : count > last ? fault::server_error(502) : fault::none();
            };
            {
                listener const first(s.w, "bot", "first", s.key);
                s.w.pass(std::chrono::minutes(1));
            }
            s.w.network->calm();
            auto const version = s.version();
            listener second(s.w, "bot", "second", s.key);
            auto const state = second.backup();
            CHECK(state.vouched_by == backup_voucher::private_key);
            CHECK((version.empty() || state.version == version));
            return count >= last;
        };
        unsigned last = 1;
        while (lose(last)) ++last;
        CHECK(last > 6);
    }

    TEST_CASE("an upload whose answer is lost, and a homeserver that fails for a while, cost time and no key") {
        stage s;
        listener anns(s.w, "ann", "ann", std::nullopt);
        listener bot(s.w, "bot", "first", s.key);
        CHECK(bot.backup().vouched_by == backup_voucher::private_key);
        bool once = false;
        s.w.network->faults = [&](base::http::request const& r) {
            if (r.verb != method::put || !contains(r.path(), "/room_keys/keys")) return fault::none();
            return std::exchange(once, true) ? fault::server_error(502) : fault::drop_after();
        };
        anns.say(s.room, "one");
        bot.wait_for("one");
        s.w.pass(std::chrono::minutes(5));
        s.w.network->calm();
        s.w.pass(std::chrono::minutes(5));
        CHECK(s.count() == 1);
        CHECK(bot.backup().missing == 0);
    }

    TEST_CASE("keys that had not gone there before a restart go there after it") {
        stage s;
        listener anns(s.w, "ann", "ann", std::nullopt);
        s.w.network->faults = [&](base::http::request const& r) {
            return r.verb == method::put && contains(r.path(), "/room_keys/keys") ? fault::server_error(502) : fault::none();
        };
        {
            listener bot(s.w, "bot", "first", s.key);
            anns.say(s.room, "one");
            bot.wait_for("one");
            s.w.pass(std::chrono::minutes(1));
            CHECK(s.count() == 0);
        }
        s.w.network->calm();
        // The store has the key of the backup.
        listener const bot(s.w, "bot", "first", std::nullopt);
        s.w.pass(std::chrono::minutes(1));
        CHECK(s.count() == 1);
    }

    TEST_CASE("a homeserver that takes no keys is not asked again, and the state says so") {
        stage s;
        listener anns(s.w, "ann", "ann", std::nullopt);
        unsigned tries = 0;
        s.w.network->faults = [&](base::http::request const& r) {
            if (r.verb != method::put || !contains(r.path(), "/room_keys/keys")) return fault::none();
            ++tries;
            return fault::answer(json_answer(R"({"errcode":"M_FORBIDDEN","error":"no keys here"})", 403));
        };
        listener bot(s.w, "bot", "first", s.key);
        for (std::string const word : {"one", "two"}) {
            anns.say(s.room, word);
            bot.wait_for(word);
            bot.say(s.room, word);
            s.w.pass(std::chrono::minutes(5));
        }
        CHECK(tries == 1);
        CHECK(contains(bot.backup().problem, "takes no keys into the backup"));
    }

    TEST_CASE("a homeserver without backups, or a proxy's 404, makes none believed to be there or gone") {
        stage s;
        auto body = std::string(R"({"errcode":"M_UNRECOGNIZED","error":"what?"})");
        s.w.network->faults = [&](base::http::request const& r) {
            return contains(r.path(), "/room_keys/") ? fault::answer(json_answer(body, 404)) : fault::none();
        };
        {
            listener bot(s.w, "bot", "first", s.key);
            CHECK(contains(bot.backup().problem, "the homeserver keeps no key backup"));
        }
        body = "{}";
        listener bot(s.w, "bot", "first", s.key);
        s.w.pass(std::chrono::minutes(1));
        s.w.network->calm();
        CHECK(bot.backup().vouched_by == backup_voucher::private_key);
    }

    TEST_CASE("a key in the backup that is another's, or nobody's, is not taken, and what waits for it waits") {
        stage s;
        listener anns(s.w, "ann", "ann", std::nullopt);
        json::object other;
        {
            listener first(s.w, "bot", "first", s.key);
            anns.say(s.room, "one");
            first.wait_for("one");
            first.say(s.room, "mine");
            s.w.pass(std::chrono::minutes(1));
        }
        auto const all = ask_as(s.w, s.bot, method::get, "/room_keys/keys?version=" + s.version());
        auto const sessions = all.at("rooms").at(s.room).at("sessions").as_object();
        REQUIRE(sessions.size() == 2);
        unsigned lookups = 0;
        s.w.network->faults = [&](base::http::request const& r) {
            if (!is_lookup(r)) return fault::none();
            ++lookups;
            return fault::lie("another session", [&](json::object& answer) {
                bool const is_first = answer == sessions.begin()->value().as_object();
                answer = (is_first ? sessions.begin() + 1 : sessions.begin())->value().as_object();
            });
        };
        {
            listener second(s.w, "bot", "second", s.key);
            s.w.pass(std::chrono::minutes(10));
            CHECK(second.heard.empty());
            CHECK(lookups > 0);
            auto const before = lookups;
            s.w.pass(std::chrono::minutes(10));
            CHECK(lookups == before);
            CHECK(s.has_logged("it is that of another session"));
        }
        s.w.network->calm();
        listener third(s.w, "bot", "third", s.key);
        third.wait_for("one");
    }

    TEST_CASE("keys go from one store to another by a file and its passphrase, and what waited for them is delivered") {
        stage s;
        listener anns(s.w, "ann", "ann", std::nullopt);
        std::string file;
        {
            listener first(s.w, "bot", "first", std::nullopt);
            anns.say(s.room, "one");
            first.wait_for("one");
            CHECK(s.w.run(first.client->export_keys(matrix::secret())).error().kind() == matrix::error_kind::invalid);
            file = s.w.run(first.client->export_keys(matrix::secret("correct horse"))).value();
        }
        CHECK(file.starts_with("-----BEGIN MEGOLM SESSION DATA-----"));
        listener second(s.w, "bot", "second", std::nullopt);
        s.w.pass(std::chrono::minutes(1));
        CHECK(second.heard.empty());
        auto const refused = s.w.run(second.client->import_keys(file, matrix::secret("wrong horse")));
        CHECK(refused.error().kind() == matrix::error_kind::forbidden);
        auto const count = s.w.run(second.client->import_keys(file, matrix::secret("correct horse"))).value();
        CHECK(count.taken == 1);
        CHECK(count.refused == 0);
        second.wait_for("one");
        CHECK(second.trusts.at(0).source == matrix::key_source::backup);
        CHECK(second.trusts.at(0).device.str().empty());
    }

    TEST_CASE("what comes while the backup is looked for, at whatever moment, is looked for too") {
        for (int tenths = 0; tenths < 80; tenths += 5) {
            CAPTURE(tenths);
            stage s;
            listener anns(s.w, "ann", "ann", std::nullopt);
            {
                listener first(s.w, "bot", "first", s.key);
                anns.say(s.room, "one");
                first.wait_for("one");
                s.w.pass(std::chrono::minutes(1));
            }
            // The first sync is that much later than the client's start.
            auto const begin = s.w.time.uptime();
            s.w.network->faults = [&](base::http::request const& r) {
                bool const is_early = s.w.time.uptime() - begin < std::chrono::milliseconds(100 * tenths);
                return contains(r.path(), "/sync") && is_early ? fault::server_error(502) : fault::none();
            };
            listener second(s.w, "bot", "second", s.key);
            second.wait_for("one");
        }
    }

    TEST_CASE("a key that comes by itself is not looked for") {
        stage s;
        listener anns(s.w, "ann", "ann", std::nullopt);
        listener bot(s.w, "bot", "first", s.key);
        CHECK(bot.backup().vouched_by == backup_voucher::private_key);
        unsigned lookups = 0;
        s.w.network->observer = [&](base::http::request const& r, base::http::response const&) { lookups += is_lookup(r) ? 1U : 0U; };
        anns.say(s.room, "one");
        bot.wait_for("one");
        s.w.pass(std::chrono::minutes(1));
        CHECK(lookups == 0);
    }
}

}  // namespace chatrixcd::test

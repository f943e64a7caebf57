// SPDX-License-Identifier: Apache-2.0
// What a client has written down is of no use to who reads its files, and has not its key.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <chatrixcd/base/store.hpp>
#include <chatrixcd/matrix/recovery_key.hpp>

#include "state/schema.hpp"
#include "state/sealed_columns.hpp"
#include "support/files_with.hpp"
#include "support/requests.hpp"
#include "support/world.hpp"

namespace chatrixcd::test {

namespace {

namespace asio = boost::asio;

// What a store holds in its sealed columns, by their labels.
using contents = std::map<std::string, std::vector<std::string>>;

contents contents_of(world& w, std::string const& folder) {
    base::store_options file;
    file.path = folder + "/matrix.db";
    file.migrations = matrix::detail::migrations();
    file.sealed = matrix::detail::sealed_columns();
    file.key = base::store_key_file{folder + "/store.key"};
    auto const store = base::store::open(std::move(file), base::make_inline_store_runner()).value();
    auto look = [](base::transaction& t) {
        contents found;
        for (auto const& column : matrix::detail::sealed_columns()) {
            auto const name = std::string(column.name());
            auto const sql = "SELECT " + name + " FROM " + std::string(column.table()) + " WHERE length(" + name + ") > 0";
            for (auto const& row : t.query(sql)) found[column.label()].push_back(t.unseal(column, row.bytes(0)).value());
        }
        return found;
    };
    return w.run(store->read(std::move(look)));
}

void check_unreadable(contents const& of, std::string const& folder) {
    for (auto const& [label, values] : of) {
        for (auto const& value : values) {
            CAPTURE(label);
            // What is shorter may be there by chance.
            REQUIRE(value.size() > 15);
            CHECK(files_with(value, folder).empty());
        }
    }
}

asio::awaitable<void> forget(matrix::message) { co_return; }

std::string const encrypted_wish = R"({"invite":["@bot:test"],"initial_state":[{"type":"m.room.encryption","state_key":"",)"
                                   R"("content":{"algorithm":"m.megolm.v1.aes-sha2"}}]})";

// A client in an encrypted room, which cannot handle what it hears and cannot send what it says last.
class burdened {
public:
    explicit burdened(world& of) : w(of), ann(w.add("ann")), account(w.add("bot")), key(matrix::recovery_key::make(*w.random)) {
        room = make_room_as(w, ann, encrypted_wish);
        account.join(room);
        anns = w.make_client("anns", [](matrix::options& o) { o.encryption(true); });
        anns->on_message(forget);
        w.start(*anns, "ann");
        bot = w.make_client("store", [&](matrix::options& o) { o.encryption(true).recovery(key); });
        bot->on_message([this](matrix::message m) -> asio::awaitable<void> {
            heard.push_back(m.text());
            throw std::runtime_error("not now");
            co_return;
        });
        w.start(*bot, "bot");
    }
    ~burdened() {
        if (bot) w.stop(*bot);
        if (anns) w.stop(*anns);
    }

    void converse() {
        w.run(anns->room(matrix::room_id(room)).send(matrix::outgoing::text("planted by ann"))).value();
        w.until([&] { return std::ranges::count(heard, "planted by ann") == 3; });
        w.run(bot->room(matrix::room_id(room)).send(matrix::outgoing::text("planted by the bot"))).value();
        auto const other = say_without_key();
        w.network->faults = [](base::http::request const& r) {
            bool const is_sent = contains(r.path(), "/send/") || contains(r.path(), "/sendToDevice/");
            return is_sent ? fault::server_error(503) : fault::none();
        };
        waits.spawn(send_last(room));
        waits.spawn(send_last(other));
        w.pass(std::chrono::minutes(1));
    }

    // In another room, where the bot does not get the key, nor has given its own to anybody.
    std::string say_without_key() {
        auto other = make_room_as(w, ann, encrypted_wish);
        account.join(other);
        w.network->faults = [](base::http::request const& r) {
            auto const hide = [](boost::json::object& answer) { answer.erase("to_device"); };
            return contains(r.path(), "/sync") ? fault::lie("nothing for the device", hide) : fault::none();
        };
        w.pass(std::chrono::minutes(1));
        w.run(anns->room(matrix::room_id(other)).send(matrix::outgoing::text("planted and unread"))).value();
        w.pass(std::chrono::seconds(30));
        return other;
    }

    void stop() {
        w.stop(*bot);
        bot.reset();
        w.run(waits.join());
    }

    asio::awaitable<void> send_last(std::string where) {
        auto in = bot->room(matrix::room_id(where));
        (void)co_await in.send(matrix::outgoing::text("planted and waiting"));
    }

    world& w;
    person ann;
    person account;
    matrix::recovery_key key;
    std::string room;
    std::unique_ptr<matrix::client> anns;
    std::unique_ptr<matrix::client> bot;
    std::vector<std::string> heard;
    base::task_group waits{w.loop.get_executor(), [](std::exception_ptr) {}};
};

}  // namespace

TEST_SUITE("matrix::client::sealed_store") {
    TEST_CASE("tokens, keys, and messages in both directions cannot be read in any file of the store") {
        world w;
        burdened in(w);
        in.converse();
        auto const folder = w.path("store");
        auto const check_words = [&] {
            CHECK(files_with("planted", folder).empty());
            CHECK(files_with(password, folder).empty());
            CHECK(files_with(in.key.text().reveal(), folder).empty());
            // It is no other store that is looked at.
            CHECK_FALSE(files_with(in.room, folder).empty());
        };
        check_words();  // of the write-ahead log, too
        in.stop();
        check_words();
        auto const kept = contents_of(w, folder);
        for (auto const* label :
             {"account.access_token", "inbox.event", "outbox.content", "outbox.ciphertext", "own_device.pickle", "own_identity.master",
              "own_identity.self_signing", "own_identity.user_signing", "olm_session.pickle", "room_key.pickle", "sending_key.pickle",
              "to_device.body", "undecrypted.event", "key_backup.private_key"}) {
            CAPTURE(label);
            CHECK(kept.contains(label));
        }
        CHECK(contains(kept.at("inbox.event").at(0), "planted by ann"));
        CHECK(contains(kept.at("outbox.content").at(0), "planted and waiting"));
        check_unreadable(kept, folder);
    }

    TEST_CASE("the log tells none of it, though it tells everything that it can") {
        world w;
        w.log_from = base::log_level::debug;
        burdened in(w);
        in.converse();
        in.stop();
        auto const is_told = [&](std::string const& what) {
            return std::ranges::any_of(w.log_lines, [&](std::string const& line) { return contains(line, what); });
        };
        CHECK(is_told(in.room));
        CHECK_FALSE(is_told("planted"));
        CHECK_FALSE(is_told(password));
        CHECK_FALSE(is_told(in.key.text().reveal()));
        for (auto const& [label, values] : contents_of(w, w.path("store"))) {
            CAPTURE(label);
            for (auto const& value : values) CHECK_FALSE(is_told(value));
        }
    }

    TEST_CASE("the key is made at the first start, private, beside the databases or where the options say") {
        world w;
        w.add("bot");
        auto const elsewhere = w.path("elsewhere.key");
        for (bool const is_named : {false, true}) {
            auto const folder = is_named ? "named" : "store";
            auto const file = is_named ? elsewhere : w.path("store") + "/store.key";
            auto bot = w.make_client(folder, [&](matrix::options& o) {
                if (is_named) o.store_key(base::store_key_file{elsewhere});
            });
            w.start(*bot, "bot");
            w.stop(*bot);
            struct stat about {};
            REQUIRE(::stat(file.c_str(), &about) == 0);
            CHECK((about.st_mode & 0777U) == 0600U);
        }
        CHECK_FALSE(std::filesystem::exists(w.path("named") + "/store.key"));
    }

    TEST_CASE("without the key, or with another one, a client does not start, says so, and leaves the store as it is") {
        world w;
        w.add("bot");
        auto const try_start = [&](base::store_key_source const& source) {
            auto bot = w.make_client("store", [&](matrix::options& o) { o.store_key(source); });
            auto const started = w.run(bot->start(matrix::login::password(matrix::user_id("@bot:test"), base::secret(password))));
            w.stop(*bot);
            return started ? std::string() : started.error().message();
        };
        auto const of_digit = [](char digit) { return base::store_key::parse(base::secret(std::string(64, digit))).value(); };
        CHECK(try_start(of_digit('a')).empty());
        auto const file = w.path("store") + "/matrix.db";
        auto const before = content_of(file);
        CHECK(contains(try_start(of_digit('b')), "sealed with another key"));
        CHECK(contains(try_start(std::monostate()), "store.key does not exist"));
        CHECK_FALSE(std::filesystem::exists(w.path("store") + "/store.key"));
        CHECK(content_of(file) == before);
        CHECK(try_start(of_digit('a')).empty());
    }

    TEST_CASE("a client goes on with a store from before there was a key, and nothing of it is left in the clear") {
        world w;
        w.add("bot");
        auto bot = w.make_client("first");
        w.start(*bot, "bot");
        auto const device = bot->device();
        w.stop(*bot);
        auto const token = contents_of(w, w.path("first")).at("account.access_token").at(0);

        auto const folder = w.path("store");
        std::filesystem::create_directory(folder);
        base::store_options older;
        older.path = folder + "/matrix.db";
        older.migrations = matrix::detail::migrations();
        older.sealed = matrix::detail::sealed_columns();
        {
            auto const store = base::store::open(std::move(older), base::make_inline_store_runner()).value();
            auto fill = [&](base::transaction& t) {
                t.run(
                    "INSERT INTO account (id, homeserver, base_url, user_id, device_id, access_token) VALUES (1, 'http://test.invalid',"
                    " 'http://test.invalid', '@bot:test', ?1, ?2)",
                    {device.str(), t.seal(matrix::detail::sealed_in::access_token, token)});
            };
            w.run(store->write(std::move(fill)));
        }
        CHECK_FALSE(files_with(token, folder).empty());

        bot = w.make_client("store");
        w.start(*bot, "bot");
        CHECK(bot->device() == device);
        CHECK(files_with(token, folder).empty());
        w.stop(*bot);
        CHECK(contents_of(w, folder).at("account.access_token").at(0) == token);
    }
}

}  // namespace chatrixcd::test

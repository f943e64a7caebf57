// SPDX-License-Identifier: Apache-2.0
// What is on disk: real, signed PDUs whose bytes do not change, and everything else that a restart must not lose.
#include <doctest/doctest.h>

#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/store.hpp>
#include <chatrixcd/protocol/canonical_json.hpp>
#include <chatrixcd/protocol/event.hpp>
#include <chatrixcd/protocol/hashing.hpp>
#include <map>
#include <stdexcept>

#include "rig.hpp"
#include "store/schema.hpp"
#include "store/sealed_columns.hpp"
#include "support/blob_columns.hpp"
#include "support/files_with.hpp"
#include "support/run_coroutine.hpp"

using namespace chatrixcd;
using namespace chatrixcd::test;

namespace {

struct row {
    std::string id;
    std::string version;
    std::int64_t depth;
    std::string bytes;
};

struct disk {
    std::vector<row> events;
    std::string key_seed;
    std::string key_version;
};

// Reads the file of a server that is closed.
disk read(rig& at, std::string const& path) {
    base::store_options options;
    options.path = path;
    options.migrations = homeserver::migrations();
    options.sealed = homeserver::sealed_columns();
    auto store = base::store::open(std::move(options), base::make_inline_store_runner()).value();
    auto look = [](base::transaction& db) {
        disk found;
        for (auto const& one : db.query("SELECT e.event_id, r.version, e.depth, e.body FROM events e JOIN rooms r ON r.room_id = e.room_id"
                                        " ORDER BY e.stream_ordering")) {
            found.events.push_back(
                {one.text(0), one.text(1), one.integer(2), db.unseal(homeserver::sealed_in::event, one.bytes(3)).value()});
        }
        auto const value = [&db](std::string const& name) {
            return db.unseal(homeserver::sealed_in::server, db.first("SELECT value FROM server WHERE name = ?1", {name})->bytes(0)).value();
        };
        found.key_seed = value("key_seed");
        found.key_version = value("key_version");
        return found;
    };
    return run_virtual(at.loop, at.time, store->read(look));
}

}  // namespace

TEST_SUITE("homeserver::durable") {
    TEST_CASE("whatever is kept as a BLOB is sealed") {
        CHECK(test::blob_columns(homeserver::migrations()) == test::labels_of(homeserver::sealed_columns()));
    }

    TEST_CASE("with a key, what people say cannot be read in any file of the database") {
        base::temporary_folder const folder("homeserver-test");
        auto const seal = [&](homeserver::server_options& how) { how.store_key = base::store_key_file{folder.path() + "/store.key"}; };
        rig at(folder.path() + "/homeserver.db", seal);
        auto const ann = at.add("ann");
        auto const room = ann.make_room({{"preset", "public_chat"}});
        auto const event = ann.say(room, "planted words", "t");
        CHECK(test::files_with("planted", folder.path()).empty());
        CHECK_FALSE(test::files_with(event, folder.path()).empty());
        at.close();
        CHECK(test::files_with("planted", folder.path()).empty());
        CHECK_FALSE(test::files_with(event, folder.path()).empty());
    }

    TEST_CASE("every stored event has its hash, its signature, its id and its place in the graph") {
        base::temporary_folder const folder("homeserver-test");
        auto const path = folder.path() + "/homeserver.db";
        rig at(path);
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        for (auto const* version : {"10", "11", "12"}) {
            auto const room = ann.make_room({{"room_version", version}, {"preset", "public_chat"}, {"name", version}});
            bob.join(room);
            auto const event = bob.say(room, "hello \xF0\x9F\x90\xB1");
            REQUIRE(ann.put("/rooms/" + escaped(room) + "/redact/" + escaped(event) + "/r", json::object()).status == 200);
        }
        at.close();
        auto const found = read(at, path);
        CHECK(found.events.size() > 27);
        auto const key = protocol::signing_key::from_seed(base::secret(found.key_seed), found.key_version).value();
        std::map<std::string, std::int64_t> depths;
        for (auto const& one : found.events) {
            CAPTURE(one.bytes);
            auto const& version = *protocol::find_room_version(one.version).value();
            auto const event = protocol::pdu::parse_bytes(one.bytes, version).value();
            CHECK(event.id().str() == one.id);
            CHECK(protocol::canonical_json(event.json()).value() == one.bytes);
            CHECK(protocol::check_content_hash(event.json()).has_value());
            CHECK(protocol::verify_event(event.json(), version, protocol::server_name("demo.local"), key.key_id(), key.public_key())
                      .has_value());
            CHECK(event.depth() == one.depth);
            for (auto const& previous : event.prev_events()) CHECK(depths.at(previous.str()) == event.depth() - 1);
            for (auto const& authorising : event.auth_events()) CHECK(depths.contains(authorising.str()));
            CHECK(event.prev_events().empty() == (event.type() == "m.room.create"));
            depths[one.id] = one.depth;
        }
    }

    TEST_CASE("a restart keeps accounts, tokens, rooms, receipts, filters, and the bytes of events") {
        base::temporary_folder const folder("homeserver-test");
        auto const path = folder.path() + "/homeserver.db";
        rig at(path);
        auto const ann = at.add("ann");
        auto const room = ann.make_room({{"name", "Lab"}});
        auto const event = ann.say(room, "hello");
        CHECK(ann.post("/rooms/" + escaped(room) + "/read_markers", {{"m.read", event}, {"m.fully_read", event}}).status == 200);
        auto const filter = ann.post("/user/" + ann.id + "/filter", {{"room", {{"timeline", {{"limit", 3}}}}}}).text("filter_id");
        auto const before = ann.sync("", "&filter=" + filter);
        at.close();
        auto const written = read(at, path);
        at.reopen();
        auto const after = ann.sync("", "&filter=" + filter);
        CHECK(after.at("rooms") == before.at("rooms"));
        auto const since = std::string(before.at("next_batch").as_string());
        CHECK(ann.sync(since).at("rooms").at("join") == json::object());
        ann.say(room, "and on");
        CHECK(each(chatrixcd::test::at(ann.sync(since), "rooms/join/" + room + "/timeline/events"), "content/body") ==
              std::vector<std::string>{"and on"});
        at.close();
        auto const again = read(at, path);
        REQUIRE(again.events.size() == written.events.size() + 1);
        for (std::size_t i = 0; i < written.events.size(); ++i) CHECK(again.events[i].bytes == written.events[i].bytes);
    }

    TEST_CASE("a store belongs to its server name") {
        base::temporary_folder const folder("homeserver-test");
        auto const path = folder.path() + "/homeserver.db";
        rig at(path);
        at.close();
        auto const random = base::make_seeded_random(1);
        homeserver::server_options options(at.time, *random);
        options.store_path = path;
        options.make_runner = base::make_inline_store_runner;
        options.server_name = "other.local";
        auto const opened = run_virtual(at.loop, at.time, homeserver::server::open(at.loop.get_executor(), std::move(options)));
        REQUIRE(!opened);
        CHECK(opened.error().kind() == base::error_kind::environment);
    }

    TEST_CASE("a commit that fails is answered as a failure, and leaves nothing to be seen") {
        bool broken = false;
        rig at({}, [&broken](auto& options) {
            options.hooks.before_commit = [&broken] {
                if (broken) throw std::runtime_error("the disk is full");
            };
        });
        auto const ann = at.add("ann");
        auto const room = ann.make_room();
        auto const since = std::string(ann.sync().at("next_batch").as_string());
        broken = true;
        auto const path = "/rooms/" + escaped(room) + "/send/m.room.message/t1";
        auto const said = ann.put(path, {{"body", "lost"}});
        CHECK(said.status == 500);
        CHECK(said.headers.get("Access-Control-Allow-Origin") == "*");
        broken = false;
        CHECK(ann.sync(since).at("rooms").at("join") == json::object());
        CHECK(ann.put(path, {{"body", "kept"}}).status == 200);
        CHECK(each(chatrixcd::test::at(ann.sync(since), "rooms/join/" + room + "/timeline/events"), "content/body") ==
              std::vector<std::string>{"kept"});
    }
}

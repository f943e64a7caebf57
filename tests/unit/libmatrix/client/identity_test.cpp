// SPDX-License-Identifier: Apache-2.0
// How a client becomes one of its account's own devices, and how its identity outlives its store.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <memory>
#include <optional>
#include <string>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/matrix/devices.hpp>
#include <chatrixcd/matrix/identity.hpp>
#include <chatrixcd/matrix/recovery_key.hpp>
#include <chatrixcd/protocol/base64.hpp>
#include <chatrixcd/protocol/canonical_json.hpp>
#include <chatrixcd/protocol/signing.hpp>

#include "crypto/secrets/secret_storage.hpp"
#include "support/requests.hpp"
#include "support/world.hpp"

namespace chatrixcd::test {

namespace {

namespace json = boost::json;
using matrix::recovery_key;

// A device of the account "bot" in a store of its own.
class device {
public:
    device(world& of, std::string store, std::optional<recovery_key> key) : w_(of) {
        client_ = w_.make_client("store-" + store, [&](matrix::options& o) {
            o.encryption(true);
            if (key) o.recovery(*key);
        });
        w_.start(*client_, "bot");
    }
    ~device() { w_.stop(*client_); }
    device(device const&) = delete;
    device& operator=(device const&) = delete;

    matrix::own_identity_state state() { return w_.run(client_->identity()).value(); }

private:
    world& w_;
    std::unique_ptr<matrix::client> client_;
};

// The account's master key as the homeserver shows it; empty: none.
std::string master_of(world& w, person const& account) {
    auto const answer = ask_as(w, account, base::http::method::post, "/keys/query", R"({"device_keys":{")" + account.id() + R"(":[]}})");
    auto const* all = base::find_object(answer, "master_keys");
    auto const* mine = all == nullptr ? nullptr : base::find_object(*all, account.id());
    return mine == nullptr ? std::string() : json::serialize(*base::find_object(*mine, "keys"));
}

json::object data_of(world& w, person const& account, std::string const& type) {
    return ask_as(w, account, base::http::method::get, "/user/" + base::percent_encode(account.id()) + "/account_data/" + type, "");
}

void put_data(world& w, person const& account, std::string const& type, json::object const& content) {
    ask_as(w, account, base::http::method::put, "/user/" + base::percent_encode(account.id()) + "/account_data/" + type,
           json::serialize(content));
}

json::object& entries_of(json::object& secret) { return secret["encrypted"].as_object(); }

bool is_write(base::http::request const& r) { return contains(r.path(), "/account_data/m.") && r.verb == base::http::method::put; }

// A self-signing key of its own for the master key that the seed makes, as another client would rotate it.
json::object other_self_signing(person const& account, matrix::secret const& master_seed, base::random& random) {
    auto const master = protocol::signing_key::from_seed(master_seed, "test").value();
    auto const fresh = protocol::signing_key::generate(random, "test").public_key().base64();
    json::object made{{"user_id", account.id()}, {"usage", json::array{"self_signing"}}};
    made["keys"].emplace_object()["ed25519:" + fresh] = fresh;
    auto const signature = master.sign(protocol::canonical_json(made).value());
    made["signatures"].emplace_object()[account.id()].emplace_object()["ed25519:" + master.public_key().base64()] =
        protocol::encode_base64(signature);
    return made;
}

bool is_of_identity(base::http::request const& r) {
    return contains(r.path(), "/account_data/m.") || contains(r.path(), "/keys/device_signing/") || contains(r.path(), "/keys/signatures/");
}

}  // namespace

TEST_SUITE("matrix::client::identity") {
    TEST_CASE("an account's first device makes its identity, which the recovery key gives to each later one") {
        world w;
        auto const account = w.add("bot");
        auto const key = recovery_key::make(*w.random);
        std::string master;
        {
            device first(w, "first", key);
            auto const state = first.state();
            CHECK(state.is_cross_signed);
            CHECK(state.is_recoverable);
            CHECK(state.problem.empty());
            CHECK(state.fingerprint.size() == 43);
            master = master_of(w, account);
            CHECK_FALSE(master.empty());
        }
        auto const id = base::find_string(data_of(w, account, "m.secret_storage.default_key"), "key").value();
        CHECK(data_of(w, account, "m.secret_storage.key." + id).contains("mac"));
        for (std::string const name : {"master", "self_signing", "user_signing"}) {
            auto const secret = data_of(w, account, "m.cross_signing." + name);
            REQUIRE(base::find_object(secret, "encrypted") != nullptr);
            CHECK(base::find_object(*base::find_object(secret, "encrypted"), id) != nullptr);
        }
        device second(w, "second", key);
        auto const state = second.state();
        CHECK(state.is_cross_signed);
        CHECK(state.is_recoverable);
        CHECK(master_of(w, account) == master);
    }

    TEST_CASE("without the recovery key, or with another, a later device says what is missing, and replaces nothing") {
        world w;
        auto const account = w.add("bot");
        auto const key = recovery_key::make(*w.random);
        { CHECK(device(w, "first", key).state().is_cross_signed); }
        auto const master = master_of(w, account);
        auto const chosen = data_of(w, account, "m.secret_storage.default_key");
        {
            auto const state = device(w, "second", std::nullopt).state();
            CHECK_FALSE(state.is_cross_signed);
            CHECK(contains(state.problem, "no recovery key was given"));
        }
        {
            auto const state = device(w, "third", recovery_key::make(*w.random)).state();
            CHECK_FALSE(state.is_cross_signed);
            CHECK_FALSE(state.is_recoverable);
            CHECK(contains(state.problem, "the recovery key is not that of the account's secret storage"));
        }
        {
            auto const state = device(w, "first", recovery_key::make(*w.random)).state();
            CHECK(state.is_cross_signed);
            CHECK_FALSE(state.is_recoverable);
            CHECK(contains(state.problem, "is in this store alone"));
        }
        CHECK(master_of(w, account) == master);
        CHECK(data_of(w, account, "m.secret_storage.default_key") == chosen);
    }

    TEST_CASE("an identity that was made without a recovery key is kept when there is one") {
        world w;
        auto const account = w.add("bot");
        auto const key = recovery_key::make(*w.random);
        {
            auto const state = device(w, "first", std::nullopt).state();
            CHECK(state.is_cross_signed);
            CHECK_FALSE(state.is_recoverable);
            CHECK(state.problem.empty());
        }
        { CHECK(device(w, "first", key).state().is_recoverable); }
        CHECK(device(w, "second", key).state().is_cross_signed);
    }

    TEST_CASE("whichever request was the last before the store was lost, the recovery key brings the account to one identity") {
        auto const lose = [](unsigned last) {
            CAPTURE(last);
            world w;
            auto const account = w.add("bot");
            auto const key = recovery_key::make(*w.random);
            unsigned count = 0;
            w.network->faults = [&](base::http::request const& r) {
                if (!is_of_identity(r)) return fault::none();
                ++count;
                return count == last ? fault::drop_after() : count > last ? fault::server_error(502) : fault::none();
            };
            {
                device const first(w, "first", key);
                w.pass(std::chrono::minutes(1));
            }
            w.network->calm();
            auto const master = master_of(w, account);
            device second(w, "second", key);
            auto const state = second.state();
            CHECK(state.is_cross_signed);
            CHECK(state.is_recoverable);
            CHECK((master.empty() || master_of(w, account) == master));
            return count >= last;
        };
        unsigned last = 1;
        while (lose(last)) ++last;
        CHECK(last > 10);
    }

    TEST_CASE("a homeserver that is out of order for a while delays the identity, and none is published that could not be recovered") {
        world w;
        auto const account = w.add("bot");
        auto const key = recovery_key::make(*w.random);
        w.network->faults = [](base::http::request const& r) { return is_write(r) ? fault::server_error(502) : fault::none(); };
        device first(w, "first", key);
        w.pass(std::chrono::minutes(2));
        CHECK(master_of(w, account).empty());
        w.network->calm();
        auto const state = first.state();
        CHECK(state.is_cross_signed);
        CHECK(state.is_recoverable);
        CHECK_FALSE(master_of(w, account).empty());
        CHECK(device(w, "second", key).state().is_cross_signed);
    }

    TEST_CASE("a later device waits for a homeserver that is out of order while it fetches the identity") {
        world w;
        w.add("bot");
        auto const key = recovery_key::make(*w.random);
        { CHECK(device(w, "first", key).state().is_recoverable); }
        w.network->faults = [](base::http::request const& r) {
            return contains(r.path(), "/account_data/m.") ? fault::server_error(502) : fault::none();
        };
        device second(w, "second", key);
        w.pass(std::chrono::minutes(2));
        w.network->calm();
        CHECK(second.state().is_cross_signed);
    }

    TEST_CASE("a homeserver that keeps no secrets gets no identity that only this store would have") {
        world w;
        auto const account = w.add("bot");
        auto const refusal = json_answer(R"({"errcode":"M_FORBIDDEN","error":"no account data here"})", 403);
        w.network->faults = [&](base::http::request const& r) { return is_write(r) ? fault::answer(refusal) : fault::none(); };
        auto const state = device(w, "first", recovery_key::make(*w.random)).state();
        CHECK_FALSE(state.is_cross_signed);
        CHECK_FALSE(state.is_recoverable);
        CHECK(contains(state.problem, "it would be in this store alone"));
        CHECK(master_of(w, account).empty());
    }

    TEST_CASE("an account that has a secret storage and no identity keeps the storage, and gets an identity from its key alone") {
        world w;
        auto const account = w.add("bot");
        auto const key = recovery_key::make(*w.random);
        json::object chosen{{"key", "theirs"}};
        put_data(w, account, "m.secret_storage.key.theirs", matrix::crypto::secret_storage_key(key).describe(*w.random));
        put_data(w, account, "m.secret_storage.default_key", chosen);
        {
            auto const state = device(w, "first", recovery_key::make(*w.random)).state();
            CHECK_FALSE(state.is_cross_signed);
            CHECK(contains(state.problem, "the recovery key is not that of the account's secret storage"));
            CHECK(master_of(w, account).empty());
        }
        CHECK(device(w, "second", key).state().is_recoverable);
        CHECK(data_of(w, account, "m.secret_storage.default_key") == chosen);
    }

    TEST_CASE("what others keep with a secret stays, and what the key does not open is not written over") {
        world w;
        auto const account = w.add("bot");
        auto const key = recovery_key::make(*w.random);
        auto const master = std::string("m.cross_signing.master");
        { CHECK(device(w, "first", key).state().is_recoverable); }
        auto const id = base::find_string(data_of(w, account, "m.secret_storage.default_key"), "key").value();
        auto secret = data_of(w, account, master);
        auto const ours = entries_of(secret)[id].as_object();
        entries_of(secret).erase(id);
        entries_of(secret)["theirs"] = "whatever";
        secret["note"] = "kept";
        put_data(w, account, master, secret);
        { CHECK(device(w, "first", key).state().is_recoverable); }
        secret = data_of(w, account, master);
        CHECK(entries_of(secret).contains(id));
        CHECK(entries_of(secret)["theirs"] == "whatever");
        CHECK(secret["note"] == "kept");
        // Of another key, under the id of ours.
        auto const other = matrix::crypto::secret_storage_key(recovery_key::make(*w.random));
        entries_of(secret)[id] = other.seal(*w.random, master, matrix::secret("theirs"));
        put_data(w, account, master, secret);
        auto const state = device(w, "first", key).state();
        CHECK(state.is_cross_signed);
        CHECK_FALSE(state.is_recoverable);
        CHECK(contains(state.problem, "cannot be opened with the recovery key"));
        CHECK(data_of(w, account, master) == secret);
    }

    TEST_CASE("a proxy's 404 is no empty secret storage") {
        world w;
        auto const account = w.add("bot");
        auto const key = recovery_key::make(*w.random);
        { CHECK(device(w, "first", key).state().is_recoverable); }
        auto const chosen = data_of(w, account, "m.secret_storage.default_key");
        w.network->faults = [](base::http::request const& r) {
            return contains(r.path(), "/account_data/m.") ? fault::answer(json_answer("{}", 404)) : fault::none();
        };
        device second(w, "second", key);
        w.pass(std::chrono::minutes(1));
        w.network->calm();
        CHECK(second.state().is_cross_signed);
        CHECK(data_of(w, account, "m.secret_storage.default_key") == chosen);
    }

    TEST_CASE("an identity that another client made meanwhile is not replaced, in the secret storage neither") {
        // The other client's recovery key: none, the same as ours, or another one.
        for (unsigned const kind : {0U, 1U, 2U}) {
            CAPTURE(kind);
            world w;
            auto const account = w.add("bot");
            auto const ours = recovery_key::make(*w.random);
            auto const theirs = kind == 1 ? ours : recovery_key::make(*w.random);
            device first(w, "first", kind == 0 ? std::nullopt : std::optional(theirs));
            CHECK(first.state().is_cross_signed);
            auto const master = master_of(w, account);
            bool has_asked = false;
            unsigned queries = 0;
            auto const hide = [](json::object& answer) { answer.erase("master_keys"); };
            // The second looked before the first had published: each of its two first looks, the one at its device and the one at the
            // identity.
            w.network->faults = [&](base::http::request const& r) {
                if (contains(r.path(), "/keys/device_signing/")) has_asked = true;
                if (!contains(r.path(), "/keys/query") || ++queries > 2) return fault::none();
                return fault::lie("no identity yet", hide);
            };
            device second(w, "second", kind == 0 ? std::nullopt : std::optional(ours));
            auto const state = second.state();
            CHECK(has_asked == (kind != 2));
            CHECK(state.is_cross_signed == (kind == 1));
            CHECK(master_of(w, account) == master);
            w.network->calm();
            if (kind > 0) CHECK(device(w, "third", theirs).state().is_cross_signed);
        }
    }

    TEST_CASE("secrets that the homeserver mixes up, or an identity that is not the one it shows, are not believed") {
        world w;
        auto const account = w.add("bot");
        auto const key = recovery_key::make(*w.random);
        { CHECK(device(w, "first", key).state().is_recoverable); }
        auto const id = base::find_string(data_of(w, account, "m.secret_storage.default_key"), "key").value();
        unsigned stores = 0;
        auto const problem_with = [&](std::string const& path, std::function<void(std::string const& name, json::object&)> how) {
            w.network->faults = [&](base::http::request const& r) {
                std::string const name(r.path().substr(r.path().rfind('/') + 1));
                auto const change = [&how, name](json::object& answer) { how(name, answer); };
                return contains(r.path(), path) ? fault::lie("another secret", change) : fault::none();
            };
            auto const state = device(w, "later" + std::to_string(++stores), key).state();
            CHECK_FALSE(state.is_cross_signed);
            w.network->calm();
            return state.problem;
        };
        auto const nothing = [](std::string const&, json::object& answer) { answer = json::object(); };
        auto const mixed = [other = data_of(w, account, "m.cross_signing.self_signing")](std::string const&, json::object& answer) {
            answer = other;
        };
        // Well made, with the right key, and of another identity.
        auto const another = [&](std::string const& name, json::object& answer) {
            auto const seed = protocol::signing_key::generate(*w.random, "test").seed();
            entries_of(answer)[id] = matrix::crypto::secret_storage_key(key).seal(*w.random, name, seed);
        };
        CHECK(contains(problem_with("/account_data/m.cross_signing.master", mixed), "cannot be opened"));
        CHECK(contains(problem_with("/account_data/m.cross_signing.master", nothing), "holds no identity"));
        CHECK(contains(problem_with("/account_data/m.secret_storage.default_key", nothing), "holds no identity"));
        CHECK(contains(problem_with("/account_data/m.cross_signing.", another), "is another than the homeserver shows"));
        CHECK(contains(problem_with("/account_data/m.cross_signing.self_signing", another), "is another than the homeserver shows"));
    }

    TEST_CASE("a store whose self-signing key another client has replaced does not sign with the old one, nor put it back") {
        world w;
        auto const account = w.add("bot");
        auto const key = recovery_key::make(*w.random);
        { CHECK(device(w, "first", key).state().is_recoverable); }
        auto const id = base::find_string(data_of(w, account, "m.secret_storage.default_key"), "key").value();
        auto secret = data_of(w, account, "m.cross_signing.master");
        auto const seed =
            matrix::crypto::secret_storage_key(key).open("m.cross_signing.master", entries_of(secret)[id].as_object()).value();
        auto const replaced = other_self_signing(account, seed, *w.random);
        w.network->faults = [&](base::http::request const& r) {
            auto const change = [&](json::object& answer) {
                if (auto* all = answer.if_contains("self_signing_keys")) all->as_object()[account.id()] = replaced;
            };
            return contains(r.path(), "/keys/query") ? fault::lie("another self-signing key", change) : fault::none();
        };
        auto const state = device(w, "first", key).state();
        CHECK_FALSE(state.is_cross_signed);
        CHECK(contains(state.problem, "is another than the homeserver shows"));
    }

    TEST_CASE("what a user has published is told: the identity, and the devices with keys") {
        world w;
        w.add("bot");
        auto const ann = w.add("ann");
        device first(w, "first", std::nullopt);
        CHECK(first.state().is_cross_signed);
        auto client = w.make_client("");
        w.start(*client, "ann");
        auto const keys = w.run(client->devices().published_keys(matrix::user_id("@bot:test"))).value();
        CHECK(keys.master_key.value_or("").size() == 43);
        CHECK(keys.has(first.state().device));
        auto const own = w.run(client->devices().published_keys(client->user())).value();
        CHECK_FALSE(own.master_key.has_value());
        CHECK_FALSE(own.has(client->device()));
        w.stop(*client);
    }

    TEST_CASE("a client without encryption has no identity") {
        world w;
        w.add("bot");
        auto client = w.make_client("");
        w.start(*client, "bot");
        auto const state = w.run(client->identity());
        CHECK_FALSE(state.has_value());
        CHECK(state.error().kind() == base::error_kind::invalid);
        w.stop(*client);
    }
}

}  // namespace chatrixcd::test

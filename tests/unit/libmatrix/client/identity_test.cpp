// SPDX-License-Identifier: Apache-2.0
// How a client becomes one of its account's own devices, and how its identity outlives its store.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <memory>
#include <optional>
#include <string>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/matrix/identity.hpp>
#include <chatrixcd/matrix/recovery_key.hpp>

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

    TEST_CASE("an identity that another client made meanwhile is not replaced") {
        world w;
        auto const account = w.add("bot");
        device first(w, "first", std::nullopt);
        CHECK(first.state().is_cross_signed);
        auto const master = master_of(w, account);
        bool has_asked = false;
        auto const hide = [](json::object& answer) { answer.erase("master_keys"); };
        // The second looked before the first had published.
        w.network->faults = [&](base::http::request const& r) {
            if (contains(r.path(), "/keys/device_signing/")) has_asked = true;
            return contains(r.path(), "/keys/query") && !has_asked ? fault::lie("no identity yet", hide) : fault::none();
        };
        device second(w, "second", std::nullopt);
        auto const state = second.state();
        CHECK(has_asked);
        CHECK_FALSE(state.is_cross_signed);
        CHECK(master_of(w, account) == master);
    }

    TEST_CASE("secrets that the homeserver mixes up, or an identity that is not the one it shows, are not believed") {
        auto const mix = [](std::string const& path, std::function<void(json::object&)> how) {
            world w;
            auto const account = w.add("bot");
            auto const key = recovery_key::make(*w.random);
            { CHECK(device(w, "first", key).state().is_recoverable); }
            auto const other = data_of(w, account, "m.cross_signing.self_signing");
            w.network->faults = [&](base::http::request const& r) {
                auto const change = [&](json::object& answer) {
                    if (how) return how(answer);
                    answer = other;
                };
                return contains(r.path(), path) ? fault::lie("another secret", change) : fault::none();
            };
            auto const state = device(w, "second", key).state();
            CHECK_FALSE(state.is_cross_signed);
            return state.problem;
        };
        CHECK(contains(mix("/account_data/m.cross_signing.master", nullptr), "cannot be opened"));
        CHECK(contains(mix("/account_data/m.cross_signing.master", [](json::object& answer) { answer = json::object(); }),
                       "holds no identity"));
        CHECK(contains(mix("/account_data/m.secret_storage.default_key", [](json::object& answer) { answer = json::object(); }),
                       "holds no identity"));
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

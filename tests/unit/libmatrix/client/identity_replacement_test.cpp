// SPDX-License-Identifier: Apache-2.0
// An identity that nobody can fetch any more, and the one that its account is given instead, on purpose.
#include <doctest/doctest.h>

#include <boost/json/serialize.hpp>
#include <memory>
#include <optional>
#include <string>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/matrix/identity.hpp>
#include <chatrixcd/matrix/recovery_key.hpp>

#include "support/requests.hpp"
#include "support/world.hpp"

namespace chatrixcd::test {

namespace {

namespace json = boost::json;
using base::error_kind;
using matrix::recovery_key;

using replaced = base::result<matrix::replaced_identity>;

// A device of the account "bot" in a store of its own.
class device {
public:
    device(world& of, std::string store, std::optional<recovery_key> key) : w_(of), later_(of.loop.get_executor(), nullptr) {
        client = w_.make_client("store-" + store, [&](matrix::options& o) {
            o.encryption(true);
            if (key) o.recovery(*key);
        });
        w_.start(*client, "bot");
    }
    ~device() {
        w_.stop(*client);
        w_.run(later_.join());
    }
    device(device const&) = delete;
    device& operator=(device const&) = delete;

    matrix::own_identity_state state() { return w_.run(client->identity()).value(); }
    matrix::key_backup_state backup() { return w_.run(client->backup()).value(); }
    replaced replace(recovery_key const& fresh, matrix::uia::answers with = matrix::uia::answers()) {
        return w_.run(client->replace_identity(fresh, std::move(with)));
    }
    // Whose outcome is of no interest.
    void begin_to_replace(recovery_key const& fresh) {
        auto work = [](matrix::client& it, recovery_key key) -> boost::asio::awaitable<void> {
            (void)co_await it.replace_identity(std::move(key));
        };
        later_.spawn(work(*client, fresh));
    }

    std::unique_ptr<matrix::client> client;

private:
    world& w_;
    base::task_group later_;
};

// The account's identity was made by a device that is gone, with the key that would bring it back.
class bereft_account {
public:
    bereft_account() : account(w.add("bot")), lost(recovery_key::make(*w.random)), fresh(recovery_key::make(*w.random)) {
        device first(w, "first", lost);
        CHECK(first.state().is_recoverable);
        version = first.backup().version;
        master = shown_master();
        chosen = data_of("m.secret_storage.default_key");
    }

    std::string shown_master() {
        auto const body = R"({"device_keys":{")" + account.id() + R"(":[]}})";
        auto const answer = ask_as(w, account, base::http::method::post, "/keys/query", body);
        auto const* keys = base::find_object(*base::find_object(*base::find_object(answer, "master_keys"), account.id()), "keys");
        return std::string(keys->begin()->value().as_string());
    }
    json::object data_of(std::string const& type) {
        return ask_as(w, account, base::http::method::get, "/user/" + base::percent_encode(account.id()) + "/account_data/" + type, "");
    }
    void check_untouched() {
        CHECK(shown_master() == master);
        CHECK(data_of("m.secret_storage.default_key") == chosen);
        device other(w, "heir", lost);
        CHECK(other.state().is_cross_signed);
        CHECK(other.backup().version == version);
    }

    world w;
    person account;
    recovery_key lost;
    recovery_key fresh;
    std::string version;  // of the key backup
    std::string master;
    json::object chosen;
};

bool is_upload(base::http::request const& r) { return contains(r.path(), "/keys/device_signing/"); }

bool is_of_identity(base::http::request const& r) {
    return contains(r.path(), "/account_data/m.") || is_upload(r) || contains(r.path(), "/keys/signatures/") ||
           contains(r.path(), "/room_keys/version");
}

// What a homeserver says whose accounts are kept elsewhere.
fault wants_approval() {
    return fault::answer(json_answer(
        R"({"session":"s","flows":[{"stages":["m.oauth"]}],"params":{"m.oauth":{"url":"https://account.test/?action=reset"}}})", 401));
}

}  // namespace

TEST_SUITE("matrix::client::identity_replacement") {
    TEST_CASE("an identity that nobody can fetch is replaced, with the secret storage and the backup that it opened") {
        bereft_account b;
        {
            device second(b.w, "second", std::nullopt);
            CHECK_FALSE(second.state().is_cross_signed);
            auto const done = second.replace(b.fresh).value();
            CHECK(done.was_replaced);
            CHECK(done.has_fresh_key);
            CHECK(done.master_key != b.master);
            CHECK(done.master_key == b.shown_master());
            CHECK(second.state().is_cross_signed);
            CHECK(second.state().is_recoverable);
            CHECK(second.state().problem.empty());
            CHECK(second.backup().version != b.version);
            CHECK(second.backup().vouched_by == matrix::backup_voucher::private_key);
        }
        auto const master = b.shown_master();
        {
            device third(b.w, "third", b.fresh);
            CHECK(third.state().is_cross_signed);
            CHECK(third.state().is_recoverable);
            CHECK(third.backup().vouched_by == matrix::backup_voucher::private_key);
        }
        {
            auto const state = device(b.w, "fourth", b.lost).state();
            CHECK_FALSE(state.is_cross_signed);
            CHECK(contains(state.problem, "the recovery key is not that of the account's secret storage"));
        }
        CHECK(b.shown_master() == master);
        // What lies under the lost key is nobody's to remove.
        auto const id = base::find_string(b.chosen, "key").value();
        CHECK(b.data_of("m.secret_storage.key." + id).contains("mac"));
        CHECK(base::find_object(b.data_of("m.cross_signing.master"), "encrypted")->contains(id));
        device second(b.w, "second", b.fresh);
        CHECK(second.state().is_recoverable);
    }

    TEST_CASE("whichever request was the last, the old identity counts or the new one is held, and another attempt goes on from there") {
        auto const end_at = [](unsigned last) {
            CAPTURE(last);
            bereft_account b;
            unsigned count = 0;
            {
                device second(b.w, "second", std::nullopt);
                CHECK_FALSE(second.state().is_cross_signed);
                b.w.pass(std::chrono::minutes(1));
                b.w.network->faults = [&](base::http::request const& r) {
                    if (!is_of_identity(r)) return fault::none();
                    ++count;
                    return count == last ? fault::drop_after() : count > last ? fault::server_error(502) : fault::none();
                };
                second.begin_to_replace(b.fresh);
                b.w.pass(std::chrono::minutes(1));
            }
            b.w.network->calm();
            auto const master = b.shown_master();
            {
                device second(b.w, "second", b.fresh);
                CHECK(second.state().is_cross_signed == (master != b.master));
                CHECK(second.state().problem.empty() == second.state().is_recoverable);
                auto const done = second.replace(b.fresh).value();
                CHECK(done.was_replaced == (master == b.master));
                CHECK(done.master_key == b.shown_master());
                if (master != b.master) CHECK(done.master_key == master);
                CHECK(second.state().is_cross_signed);
                CHECK(second.state().is_recoverable);
                CHECK(second.backup().vouched_by == matrix::backup_voucher::private_key);
            }
            device third(b.w, "third", b.fresh);
            CHECK(third.state().is_recoverable);
            CHECK(third.backup().vouched_by == matrix::backup_voucher::private_key);
            return count >= last;
        };
        unsigned last = 1;
        while (end_at(last)) ++last;
        CHECK(last > 12);
    }

    TEST_CASE("without the owner's confirmation, or with a wrong one, nothing is replaced") {
        bereft_account b;
        device second(b.w, "second", std::nullopt);
        CHECK_FALSE(second.state().is_cross_signed);
        auto const wrong = second.replace(b.fresh, matrix::uia::answers().password(matrix::secret("wrong")));
        REQUIRE_FALSE(wrong.has_value());
        CHECK(wrong.error().kind() == error_kind::forbidden);
        CHECK_FALSE(second.state().is_cross_signed);
        b.check_untouched();
        CHECK(second.replace(b.fresh).value().was_replaced);
    }

    TEST_CASE("a confirmation that is given elsewhere has its address in the error, or is waited for by whoever was told") {
        bereft_account b;
        device second(b.w, "second", std::nullopt);
        CHECK_FALSE(second.state().is_cross_signed);
        b.w.network->faults = [](base::http::request const& r) { return is_upload(r) ? wants_approval() : fault::none(); };
        auto const unanswered = second.replace(b.fresh);
        REQUIRE_FALSE(unanswered.has_value());
        CHECK(unanswered.error().kind() == error_kind::unauthorized);
        CHECK(contains(unanswered.error().message(), "m.oauth"));
        CHECK(unanswered.error().server_text() == "https://account.test/?action=reset");
        std::vector<std::string> told;
        auto const waits = [&](matrix::uia::challenge c) -> boost::asio::awaitable<base::result<json::object>> {
            told.push_back(matrix::uia::address_of(c, "m.oauth"));
            if (told.size() == 1) co_return json::object();
            co_return base::error(error_kind::forbidden, "nobody has approved it");
        };
        auto const given_up = second.replace(b.fresh, matrix::uia::answers().on("m.oauth", waits));
        REQUIRE_FALSE(given_up.has_value());
        CHECK(given_up.error().message() == "nobody has approved it");
        CHECK(told == std::vector<std::string>(2, "https://account.test/?action=reset"));
        b.w.network->calm();
        b.check_untouched();
    }

    TEST_CASE("no address is shown that is no web address") {
        matrix::uia::challenge c;
        for (auto const* url : {"javascript:alert(1)", "file:///etc/passwd", ""}) {
            json::object params;
            params["m.oauth"].emplace_object()["url"] = url;
            c.params = std::make_shared<json::object const>(std::move(params));
            CHECK(matrix::uia::address_of(c, "m.oauth").empty());
        }
        c.params = nullptr;
        CHECK(matrix::uia::address_of(c, "m.oauth").empty());
    }

    TEST_CASE("a homeserver that keeps no secrets gets no identity that only this store would have") {
        bereft_account b;
        device second(b.w, "second", std::nullopt);
        CHECK_FALSE(second.state().is_cross_signed);
        auto const refusal = json_answer(R"({"errcode":"M_FORBIDDEN","error":"no account data here"})", 403);
        b.w.network->faults = [&](base::http::request const& r) {
            bool const is_write = contains(r.path(), "/account_data/m.") && r.verb == base::http::method::put;
            return is_write ? fault::answer(refusal) : fault::none();
        };
        CHECK(second.replace(b.fresh).error().kind() == error_kind::forbidden);
        b.w.network->calm();
        b.check_untouched();
    }

    TEST_CASE("another device of ours hears that the identity is another one by now") {
        bereft_account b;
        device first(b.w, "first", b.lost);
        CHECK(first.state().is_cross_signed);
        device second(b.w, "second", std::nullopt);
        CHECK_FALSE(second.state().is_cross_signed);
        CHECK(second.replace(b.fresh).value().was_replaced);
        b.w.pass(std::chrono::minutes(1));
        CHECK_FALSE(first.state().is_cross_signed);
        CHECK(contains(first.state().problem, "an identity that this device does not hold"));
        CHECK(second.state().is_cross_signed);
    }

    TEST_CASE("an identity that this device holds stays, and becomes recoverable if it was not") {
        bereft_account b;
        {
            device first(b.w, "first", b.lost);
            auto const kept = first.replace(b.fresh).value();
            CHECK_FALSE(kept.was_replaced);
            CHECK_FALSE(kept.has_fresh_key);
            CHECK(kept.master_key == b.master);
            CHECK(first.backup().version == b.version);
        }
        b.check_untouched();
        {
            device first(b.w, "first", std::nullopt);
            CHECK_FALSE(first.state().is_recoverable);
            auto const kept = first.replace(b.fresh).value();
            CHECK_FALSE(kept.was_replaced);
            CHECK(kept.has_fresh_key);
            CHECK(first.state().is_recoverable);
        }
        CHECK(b.shown_master() == b.master);
        device later(b.w, "later", b.fresh);
        CHECK(later.state().is_cross_signed);
        // Its private key was here.
        CHECK(later.backup().version == b.version);
        CHECK(later.backup().vouched_by == matrix::backup_voucher::private_key);
    }

    TEST_CASE("a client without encryption has nothing to replace") {
        world w;
        w.add("bot");
        auto client = w.make_client("");
        w.start(*client, "bot");
        CHECK(w.run(client->replace_identity(recovery_key::make(*w.random))).error().kind() == error_kind::invalid);
        w.stop(*client);
    }
}

}  // namespace chatrixcd::test

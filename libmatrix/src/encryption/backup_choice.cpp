// SPDX-License-Identifier: Apache-2.0
#include "encryption/backup_choice.hpp"

#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "crypto/backup/backup_table.hpp"
#include "crypto/backup/backup_trust.hpp"
#include "crypto/driver/curve25519.hpp"
#include "http/retry.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr char const* secret_name = "m.megolm_backup.v1";

chosen_backup without(std::string why) {
    chosen_backup none;
    none.state.problem = std::move(why);
    return none;
}

}  // namespace

backup_choice::backup_choice(services& with, api& homeserver, session const& who, crypto::driver& olm,
                             std::optional<recovery_key> const& recovery)
    : api_(&homeserver), session_(&who), random_(&with.random), machine_(with, who, olm), log_(with.log.named("backup")) {
    if (recovery) vault_.emplace(homeserver, who, with.random, *recovery);
}

asio::awaitable<result<chosen_backup>> backup_choice::choose(own_identity_state us) {
    auto shown = co_await ask();
    if (!shown) co_return shown.error();
    if (*shown) co_return co_await examine(std::move(**shown));
    co_return co_await make(std::move(us));
}

// Nothing: the homeserver says that there is none; a proxy's 404 says nothing.
asio::awaitable<result<std::optional<json::object>>> backup_choice::ask() {
    auto request = call::get(client_path({"room_keys", "version"})).named("asking for the key backup");
    auto answer = co_await api_->request(std::move(request));
    if (answer) co_return std::optional(std::move(*answer));
    if (answer.error().kind() != error_kind::not_found) co_return answer.error();
    if (!answer.error().errcode().empty()) co_return std::optional<json::object>();
    co_return error(error_kind::unavailable, "the homeserver does not say whether there is a key backup");
}

asio::awaitable<result<chosen_backup>> backup_choice::examine(json::object shown) {
    chosen_backup found;
    found.state.version = base::find_string(shown, "version").value_or(std::string());
    found.state.count = base::find_integer(shown, "count").value_or(0);
    auto const* data = base::find_object(shown, "auth_data");
    auto const auth_data = data == nullptr ? json::object() : *data;
    auto const key = crypto::checked_curve25519(base::find_string(auth_data, "public_key").value_or(std::string()));
    if (base::find_string(shown, "algorithm") != crypto::backup_algorithm || !key || found.state.version.empty()) {
        found.state.problem = "the account's key backup is of a kind that is not known here, and is not used";
        co_return found;
    }
    found.public_key = *key;
    auto judge = [public_key = *key, auth_data](crypto::context const& with) { return crypto::voucher_of(with, public_key, auth_data); };
    found.state.vouched_by = co_await machine_.run(judge);
    if (found.state.vouched_by != backup_voucher::private_key) {
        auto const fetched = co_await fetch_key(*key);
        if (!fetched && may_repeat(fetched.error(), true)) co_return fetched.error();
        if (fetched) found.state.vouched_by = backup_voucher::private_key;
        if (!fetched && found.state.vouched_by == backup_voucher::signature) {
            found.state.problem = "keys are put into the account's backup, and none is read there: " + fetched.error().describe();
        }
        if (!fetched && found.state.vouched_by == backup_voucher::nobody) {
            found.state.problem = "nobody vouches for the account's key backup, and it is not used: " + fetched.error().describe();
            co_return found;
        }
    }
    auto use = [version = found.state.version, public_key = *key](crypto::context const& with) {
        crypto::use_backup_place(with, {version, public_key});
    };
    co_await machine_.run(std::move(use));
    co_return found;
}

// The private key of the backup, from secret storage into the store.
asio::awaitable<result<void>> backup_choice::fetch_key(std::string public_key) {
    if (!vault_)
        co_return error(error_kind::not_found, "no recovery key was given").with_hint("Give the client the account's recovery key");
    auto const text = co_await vault_->fetch_secret(secret_name);
    if (!text) co_return text.error();
    auto key = crypto::backup_key::parse(*text);
    if (!key || key->public_key() != public_key) {
        co_return error(error_kind::conflict, "the key in the account's secret storage is that of another backup");
    }
    auto save = [key = std::move(*key)](crypto::context const& with) { crypto::save_backup_key(with, key); };
    co_await machine_.run(std::move(save));
    co_return result<void>();
}

asio::awaitable<result<chosen_backup>> backup_choice::make(own_identity_state us) {
    if (!vault_) co_return without("the account has no key backup, and none is made without a recovery key");
    if (!us.is_cross_signed || !us.is_recoverable) {
        co_return without("the account has no key backup, and none is made while its identity is not recoverable");
    }
    auto look = [](crypto::context const& with) { return crypto::load_backup_place(with).version; };
    auto const before = co_await machine_.run(look);
    // Somebody wanted none, or the homeserver has lost it: neither is ours to decide.
    if (!before.empty()) co_return without("the account's key backup was removed, and none is made in its place");
    co_return co_await create(std::string());
}

void backup_choice::use(recovery_key const& key) { vault_.emplace(*api_, *session_, *random_, key); }

asio::awaitable<result<chosen_backup>> backup_choice::renew() {
    auto shown = co_await ask();
    if (!shown) co_return shown.error();
    if (!*shown) co_return co_await create(std::string());
    auto found = co_await examine(std::move(**shown));
    if (!found) co_return found.error();
    if (found->state.vouched_by != backup_voucher::private_key) co_return co_await create(found->state.version);
    auto look = [](crypto::context const& with) { return crypto::load_backup_key(with); };
    auto const key = co_await machine_.run(look);
    if (!key || !vault_) co_return found;
    auto const kept = co_await vault_->keep_secret(secret_name, key->text());
    if (!kept && may_repeat(kept.error(), true)) co_return kept.error();
    if (!kept) found->state.problem = "the key of the account's backup is in this store alone: " + kept.error().describe();
    co_return found;
}

// `instead_of`: the version that may be there; empty: none.
asio::awaitable<result<chosen_backup>> backup_choice::create(std::string instead_of) {
    if (!vault_) co_return without("the account gets no key backup without a recovery key");
    auto const key = co_await shared_key();
    if (!key && may_repeat(key.error(), true)) co_return key.error();
    if (!key) co_return without("the account gets no key backup: " + key.error().describe());
    auto sign = [public_key = key->public_key()](crypto::context const& with) { return crypto::own_auth_data(with, public_key); };
    auto auth_data = co_await machine_.run(sign);
    auto meanwhile = co_await ask();
    if (!meanwhile) co_return meanwhile.error();
    bool const is_another = *meanwhile && base::find_string(**meanwhile, "version").value_or(std::string()) != instead_of;
    if (is_another) co_return co_await examine(std::move(**meanwhile));
    json::object body;
    body["algorithm"] = crypto::backup_algorithm;
    body["auth_data"] = std::move(auth_data);
    auto request = call::post(client_path({"room_keys", "version"})).body(body).named("making a key backup");
    auto const done = co_await api_->request(std::move(request));
    if (!done && is_refusal(done.error())) co_return without("the account gets no key backup: " + done.error().describe());
    // Of a request that may have been done the homeserver is asked what became of it.
    if (!done) co_return done.error();
    auto shown = co_await ask();
    if (!shown) co_return shown.error();
    if (!*shown) co_return error(error_kind::unavailable, "the homeserver does not show the key backup that it has made");
    log_.info("the account has a key backup now");
    co_return co_await examine(std::move(**shown));
}

// The key that secret storage has in the end, whoever put it there: before any backup is made with it, others can find it there.
asio::awaitable<result<crypto::backup_key>> backup_choice::shared_key() {
    auto first = [fresh = crypto::backup_key::make(*random_)](crypto::context const& with) {
        auto held = crypto::load_backup_key(with);
        if (!held) crypto::save_backup_key(with, fresh);
        return held ? *held : fresh;
    };
    auto const ours = co_await machine_.run(first);
    auto const put = co_await vault_->keep_secret(secret_name, ours.text());
    if (!put) co_return put.error();
    auto const text = co_await vault_->fetch_secret(secret_name);
    if (!text) co_return text.error();
    auto key = crypto::backup_key::parse(*text);
    if (!key) co_return error(error_kind::conflict, "what the account's secret storage has for its key backup is no key");
    auto save = [key = *key](crypto::context const& with) { crypto::save_backup_key(with, key); };
    co_await machine_.run(std::move(save));
    co_return std::move(*key);
}

}  // namespace chatrixcd::matrix::detail

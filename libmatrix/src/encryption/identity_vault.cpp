// SPDX-License-Identifier: Apache-2.0
#include "encryption/identity_vault.hpp"

#include <array>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr char const* default_key_type = "m.secret_storage.default_key";
constexpr std::size_t key_id_length = 32;
constexpr std::array<char const*, 3> secret_names{"m.cross_signing.master", "m.cross_signing.self_signing", "m.cross_signing.user_signing"};

std::string description_type(std::string const& key_id) { return "m.secret_storage.key." + key_id; }

error unopened(std::string const& name) {
    return error(error_kind::conflict, name + " in the account's secret storage cannot be opened with the recovery key");
}

json::object const* entry_of(json::object const& secret, std::string const& key_id) {
    auto const* all = base::find_object(secret, "encrypted");
    return all == nullptr ? nullptr : base::find_object(*all, key_id);
}

}  // namespace

identity_vault::identity_vault(api& homeserver, session const& who, base::random& randomness, recovery_key const& key)
    : api_(&homeserver), session_(&who), random_(&randomness), key_(key), fresh_id_(randomness.token(key_id_length)) {}

// Empty if the homeserver says that there is none of that type: a proxy's 404 says nothing.
asio::awaitable<result<json::object>> identity_vault::read(std::string type) {
    auto request = call::get(client_path({"user", session_->user().str(), "account_data", type})).named("reading the secret storage");
    auto answer = co_await api_->request(std::move(request));
    if (answer || answer.error().kind() != error_kind::not_found) co_return answer;
    if (!answer.error().errcode().empty()) co_return json::object();
    co_return error(error_kind::unavailable, "the homeserver does not say what is in the account's secret storage");
}

asio::awaitable<result<void>> identity_vault::write(std::string type, json::object content) {
    auto request =
        call::put(client_path({"user", session_->user().str(), "account_data", type})).body(content).named("writing to the secret storage");
    auto const answer = co_await api_->request(std::move(request));
    if (!answer) co_return answer.error();
    co_return result<void>();
}

// Empty: the account has no secret storage.
asio::awaitable<result<std::string>> identity_vault::own_key_id() {
    auto const chosen = co_await read(default_key_type);
    if (!chosen) co_return chosen.error();
    auto const id = base::find_string(*chosen, "key").value_or(std::string());
    if (id.empty()) co_return std::string();
    auto const description = co_await read(description_type(id));
    if (!description) co_return description.error();
    if (key_.fits(*description)) co_return id;
    co_return error(error_kind::conflict, "the recovery key is not that of the account's secret storage")
        .with_hint("Give the client the key that was shown when the secret storage was made");
}

asio::awaitable<result<void>> identity_vault::prepare(crypto::own_identity identity) {
    auto description = key_.describe(*random_);
    auto const described = co_await write(description_type(fresh_id_), std::move(description));
    if (!described) co_return described;
    co_return co_await put_secrets(fresh_id_, std::move(identity));
}

asio::awaitable<result<void>> identity_vault::choose() {
    json::object chosen;
    chosen["key"] = fresh_id_;
    co_return co_await write(default_key_type, std::move(chosen));
}

asio::awaitable<result<void>> identity_vault::put_secrets(std::string key_id, crypto::own_identity identity) {
    auto const seeds = identity.seeds();
    for (std::size_t i = 0; i < secret_names.size(); ++i) {
        std::string const name = secret_names.at(i);
        auto content = co_await read(name);
        if (!content) co_return content.error();
        if (auto const* entry = entry_of(*content, key_id)) {
            auto const held = key_.open(name, *entry);
            if (!held) co_return unopened(name);
            if (base::equal_constant_time(held->reveal(), seeds.at(i).reveal())) continue;
        }
        auto& all = (*content)["encrypted"];
        if (!all.is_object()) all = json::object();
        all.get_object()[key_id] = key_.seal(*random_, name, seeds.at(i));
        auto const written = co_await write(name, std::move(*content));
        if (!written) co_return written;
    }
    co_return result<void>();
}

asio::awaitable<result<void>> identity_vault::keep(crypto::own_identity identity) {
    auto const id = co_await own_key_id();
    if (!id) co_return id.error();
    if (!id->empty()) co_return co_await put_secrets(*id, std::move(identity));
    // The key is named as the account's own last of all: until then others find nothing that is not whole.
    auto const prepared = co_await prepare(std::move(identity));
    if (!prepared) co_return prepared;
    co_return co_await choose();
}

asio::awaitable<result<void>> identity_vault::keep_secret(std::string name, secret what) {
    auto const id = co_await own_key_id();
    if (!id) co_return id.error();
    if (id->empty()) co_return error(error_kind::not_found, "the account has no secret storage");
    auto content = co_await read(name);
    if (!content) co_return content.error();
    if (auto const* entry = entry_of(*content, *id)) {
        if (!key_.open(name, *entry)) co_return unopened(name);
        co_return result<void>();
    }
    auto& all = (*content)["encrypted"];
    if (!all.is_object()) all = json::object();
    all.get_object()[*id] = key_.seal(*random_, name, what);
    co_return co_await write(name, std::move(*content));
}

asio::awaitable<result<secret>> identity_vault::fetch_secret(std::string name) {
    auto const id = co_await own_key_id();
    if (!id) co_return id.error();
    if (id->empty()) co_return error(error_kind::not_found, "the account has no secret storage");
    auto const there = co_await read(name);
    if (!there) co_return there.error();
    auto const* entry = entry_of(*there, *id);
    if (entry == nullptr) co_return error(error_kind::not_found, "the account's secret storage has no " + name);
    auto held = key_.open(name, *entry);
    if (!held) co_return unopened(name);
    co_return std::move(*held);
}

asio::awaitable<result<crypto::own_identity>> identity_vault::fetch() {
    auto const id = co_await own_key_id();
    if (!id) co_return id.error();
    std::vector<secret> seeds;
    for (std::size_t i = 0; i < secret_names.size() && !id->empty(); ++i) {
        std::string const name = secret_names.at(i);
        auto const there = co_await read(name);
        if (!there) co_return there.error();
        auto const* entry = entry_of(*there, *id);
        if (entry == nullptr) break;
        auto seed = key_.open(name, *entry);
        if (!seed) co_return unopened(name);
        seeds.push_back(std::move(*seed));
    }
    if (seeds.size() < secret_names.size()) co_return error(error_kind::not_found, "the account's secret storage holds no identity");
    co_return crypto::own_identity::from_seeds(seeds.at(0), seeds.at(1), seeds.at(2));
}

}  // namespace chatrixcd::matrix::detail

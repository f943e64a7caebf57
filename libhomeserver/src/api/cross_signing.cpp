// SPDX-License-Identifier: Apache-2.0
// POST /keys/device_signing/upload. Keys where there are none, and those that are there, are taken as they come; new ones in the place of
// others ask for the password.
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/json_reader.hpp>

#include "accounts/confirmation.hpp"
#include "api/body_member.hpp"
#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "keys/cross_signing_keys.hpp"
#include "keys/device_list.hpp"
#include "store/accounts.hpp"
#include "store/cross_signing.hpp"

namespace chatrixcd::homeserver {

namespace asio = boost::asio;
namespace json = boost::json;
using base::http::method;

namespace {

constexpr std::size_t most_bytes = 16384;

// A member of the request for each use.
constexpr std::pair<char const*, char const*> members[] = {
    {"master_key", key_usage::master},
    {"self_signing_key", key_usage::self_signing},
    {"user_signing_key", key_usage::user_signing},
};

struct upload {
    // Those that are not known yet.
    std::vector<cross_signing_key> fresh;
    std::optional<cross_signing_key> master;  // the one that counts after it
    bool has_other_master = false;            // which takes another's place
    bool has_keys = false;                    // before it, the user had some
};

// Clients tell devices and cross-signing keys apart by these names.
result<void> check_name(step& s, std::string const& user, cross_signing_key const& key) {
    for (auto const& one : devices_of(s.db, user)) {
        if (one.id == key.public_key) return forbidden("a device has this name");
    }
    return {};
}

result<upload> read_upload(step& s, call const& c) {
    auto const& user = c.user.str();
    upload read;
    read.master = find_cross_signing_key(s.db, user, key_usage::master);
    read.has_keys = read.master.has_value();
    for (auto const& [member, usage] : members) {
        auto const given = body_object(c.body, member);
        if (!given) return given.error();
        if (given.value() == nullptr) continue;
        if (json::serialize(*given.value()).size() > most_bytes)
            return bad_request("M_TOO_LARGE", std::string(member) + " is larger than 16 KiB");
        auto key = read_cross_signing_key(*given.value(), usage, user);
        if (!key) return key.error();
        if (auto good = check_name(s, user, key.value()); !good) return good.error();
        auto const known = find_cross_signing_key(s.db, user, usage);
        bool const is_known = known && known->public_key == key.value().public_key;
        bool const is_master = key.value().usage == key_usage::master;
        if (is_master && !is_known) {
            read.has_other_master = read.has_keys;
            read.master = key.value();
        }
        if (!read.master) return missing_param("there is no master key");
        if (!is_master && !is_signed_by(key.value().body, user, *read.master)) {
            return bad_request("M_INVALID_SIGNATURE", "the master key has not signed the " + key.value().usage + " key");
        }
        // A new master key's signature makes it another one.
        if (!is_known || read.has_other_master) read.fresh.push_back(std::move(key.value()));
    }
    if (!read.master) return missing_param("there is no master key");
    return read;
}

void keep(step& s, std::string const& user, upload const& given) {
    if (given.fresh.empty()) return;
    // What an earlier master key signed is worth nothing any more.
    if (given.has_other_master) {
        for (auto const& [member, usage] : members) delete_cross_signing_key(s.db, user, usage);
    }
    for (auto const& key : given.fresh) put_cross_signing_key(s.db, user, key);
    announce_device_list(s, user);
}

// `asks`: set instead of doing anything if the password is needed first.
service::work keep_if(bool is_confirmed, std::shared_ptr<bool> asks) {
    return [is_confirmed, asks = std::move(asks)](step& s, call& c) -> result<answer> {
        auto const given = read_upload(s, c);
        if (!given) return given.error();
        if (!is_confirmed && given.value().has_keys && !given.value().fresh.empty()) {
            *asks = true;
            return answer();
        }
        keep(s, c.user.str(), given.value());
        return answer();
    };
}

asio::awaitable<result<answer>> keep_confirmed(service& in, call c) {
    auto work = keep_if(/*is_confirmed=*/true, nullptr);
    co_return co_await in.run(access::user, std::move(c), std::move(work));
}

asio::awaitable<result<answer>> upload_keys(service& in, call c) {
    auto identified = co_await in.identify(std::move(c));
    if (!identified) co_return identified.error();
    auto const asks = std::make_shared<bool>(false);
    auto work = keep_if(/*is_confirmed=*/false, asks);
    call first = identified.value();
    auto said = co_await in.run(access::user, std::move(first), std::move(work));
    if (!said || !*asks) co_return said;
    std::function<asio::awaitable<result<answer>>(call)> does = [&in](call sure) { return keep_confirmed(in, std::move(sure)); };
    co_return co_await confirmed(in, std::move(identified.value()), std::move(does));
}

}  // namespace

void add_cross_signing(service& to) {
    to.add_coroutine(method::post, "/keys/device_signing/upload", body_rule::required,
                     [&to](call c) { return upload_keys(to, std::move(c)); });
}

}  // namespace chatrixcd::homeserver

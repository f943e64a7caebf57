// SPDX-License-Identifier: Apache-2.0
#include "crypto/devices/device_lists.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <set>

#include <chatrixcd/base/json_reader.hpp>

#include "crypto/devices/device_table.hpp"
#include "crypto/devices/trusted_keys.hpp"

namespace chatrixcd::matrix::crypto {

namespace json = boost::json;
using base::find_object;

namespace {

// A homeserver may name any number; a person has a few.
constexpr std::size_t most_devices = 1000;

// One user's part of an answer.
class user_answer {
public:
    user_answer(context const& with, user_id const& user, query_outcome& outcome) : with_(with), user_(user), outcome_(outcome) {}

    void take(json::object const& answer) {
        take_identity(answer);
        // Whom the identity of before has vouched for says nothing of this one: a device that is refused now keeps its keys, no more.
        with_.t.run("UPDATE device SET cross_signed = 0 WHERE account = ?1 AND user_id = ?2 AND cross_signed = 1",
                    {with_.account, user_.str()});
        auto const* all = find_object(answer, "device_keys");
        auto const* devices = all == nullptr ? nullptr : find_object(*all, user_.str());
        std::set<std::string> named;
        if (devices != nullptr) {
            for (auto const& each : *devices) {
                if (named.size() >= most_devices) break;
                named.insert(std::string(each.key()));
                take_device(std::string(each.key()), each.value());
            }
        }
        for (auto const& known : devices_of(with_, user_)) {
            if (!named.contains(known.device.str())) remove_device(with_, user_, known.device);
        }
        auto const* masters = find_object(answer, "master_keys");
        auto const* master = masters == nullptr ? nullptr : find_object(*masters, user_.str());
        for (auto& each : weigh_trusted_keys(with_, user_, master, keys_)) outcome_.not_trusted.push_back(std::move(each));
    }

private:
    void take_identity(json::object const& answer) {
        auto const part = [&](std::string_view member) {
            auto const* all = find_object(answer, member);
            return all == nullptr ? nullptr : find_object(*all, user_.str());
        };
        keys_ = read_user_keys(part("master_keys"), part("self_signing_keys"), part("user_signing_keys"), user_);
        auto const before = find_identity(with_, user_);
        // Who had an identity and has none is told of without one; what was pinned stays pinned.
        if (keys_.master.empty()) {
            if (before) keys_ = user_keys();
            return;
        }
        identity_row now;
        now.keys = keys_;
        now.changed = before && (before->changed || before->keys.master != keys_.master);
        if (before && before->keys.master != keys_.master) outcome_.identity_changed.push_back(user_);
        if (!before || before->keys != now.keys || before->changed != now.changed) save_identity(with_, user_, now);
    }

    void take_device(std::string const& id, json::value const& value) {
        auto const device = device_id::parse(id);
        if (!device || !value.is_object()) return refuse(id, "malformed");
        auto read = read_device_keys(value.get_object(), user_, *device);
        auto const known = find_device(with_, user_, *device);
        if (!read) return refuse(id, read.error().message());
        if (has_id_of_key(*device, keys_)) return refuse(id, "its id is that of a cross-signing key");
        if (known && (known->curve25519 != read->curve25519 || known->ed25519 != read->ed25519)) {
            return refuse(id, "its keys are not those that it had");
        }
        auto const same_key = find_device_by_key(with_, user_, read->curve25519);
        if (same_key && same_key->device != *device) return refuse(id, "another device has its key");
        device_row row;
        row.user = user_;
        row.device = *device;
        row.curve25519 = read->curve25519;
        row.ed25519 = read->ed25519;
        row.knows_megolm = read->knows_megolm;
        row.is_cross_signed = is_cross_signed(*read, keys_);
        row.name = read->name;
        save_device(with_, row);
    }

    void refuse(std::string const& id, std::string_view why) {
        outcome_.refused.push_back(user_.str() + " " + id + ": " + std::string(why));
    }

    context const& with_;
    user_id const& user_;
    query_outcome& outcome_;
    user_keys keys_;
};

bool has_failed(json::object const& answer, user_id const& user) {
    auto const* failures = find_object(answer, "failures");
    return failures != nullptr && failures->contains(user.server().str());
}

}  // namespace

void track(context const& with, user_id const& user) {
    with.t.run("INSERT INTO tracked_user (account, user_id, change, known) VALUES (?1, ?2, 1, 0) ON CONFLICT DO NOTHING",
               {with.account, user.str()});
}

void mark_changed(context const& with, user_id const& user) {
    with.t.run("UPDATE tracked_user SET change = change + 1 WHERE account = ?1 AND user_id = ?2", {with.account, user.str()});
}

void untrack(context const& with, user_id const& user) {
    with.t.run("DELETE FROM tracked_user WHERE account = ?1 AND user_id = ?2", {with.account, user.str()});
}

void mark_all_changed(context const& with) { with.t.run("UPDATE tracked_user SET change = change + 1 WHERE account = ?1", {with.account}); }

bool is_current(context const& with, user_id const& user) {
    return with.t.first("SELECT 1 FROM tracked_user WHERE account = ?1 AND user_id = ?2 AND known = change", {with.account, user.str()})
        .has_value();
}

std::vector<query_entry> to_query(context const& with, user_id const& after, std::int64_t most) {
    std::vector<query_entry> entries;
    for (auto const& row : with.t.query(
             "SELECT user_id, change FROM tracked_user WHERE account = ?1 AND known <> change AND user_id > ?3 ORDER BY user_id LIMIT ?2",
             {with.account, most, after.str()})) {
        entries.push_back({user_id(row.text(0)), row.integer(1)});
    }
    return entries;
}

json::object query_body(std::vector<query_entry> const& asked) {
    json::object users;
    for (auto const& each : asked) users[each.user.str()] = json::array();
    return json::object{{"device_keys", std::move(users)}, {"timeout", 10000}};
}

query_outcome take_query_answer(context const& with, std::vector<query_entry> const& asked, json::object const& answer) {
    query_outcome outcome;
    for (auto const& each : asked) {
        if (has_failed(answer, each.user)) {
            outcome.failed.push_back(each.user);
            continue;
        }
        user_answer(with, each.user, outcome).take(answer);
        with.t.run("UPDATE tracked_user SET known = ?3 WHERE account = ?1 AND user_id = ?2 AND known < ?3",
                   {with.account, each.user.str(), each.change});
    }
    return outcome;
}

}  // namespace chatrixcd::matrix::crypto

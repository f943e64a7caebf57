// SPDX-License-Identifier: Apache-2.0
#include "crypto/keys/own_device.hpp"

#include <algorithm>

#include <chatrixcd/base/json_reader.hpp>

#include "crypto/keys/device_keys.hpp"
#include "crypto/pickles.hpp"

namespace chatrixcd::matrix::crypto {

namespace json = boost::json;

namespace {

// A message that used the fallback key before it was replaced may still be on its way.
constexpr base::duration old_fallback_serves = std::chrono::hours(1);

constexpr char const* signed_curve25519 = "signed_curve25519";

}  // namespace

own_device::own_device(context const& with) : with_(with) {
    stored_ = with.t.first(
        "SELECT device_id, curve25519, ed25519, published, server_count, wants_fallback, fallback_made, pickle FROM own_device"
        " WHERE account = ?1",
        {with.account});
    if (stored_ && stored_->text(0) != with.device.str()) {
        forget_device(with.t, with.account);
        stored_.reset();
    }
    if (stored_) {
        curve25519_ = stored_->text(1);
        ed25519_ = stored_->text(2);
        is_published_ = stored_->integer(3) != 0;
        count_ = stored_->optional_integer(4);
        wants_fallback_ = stored_->integer(5) != 0;
        fallback_made_ = base::time_point(std::chrono::milliseconds(stored_->integer(6)));
    } else {
        account_ = with.olm.make_account();
        curve25519_ = account_->curve25519();
        ed25519_ = account_->ed25519();
        save();
    }
}

account& own_device::keys() {
    if (account_) return *account_;
    account_ = loaded(with_.olm.load_account(unsealed(with_.t, sealed_in::own_device, *stored_, 7)));
    // These are sealed; what stands beside them is not.
    if (account_->curve25519() != curve25519_ || account_->ed25519() != ed25519_) {
        throw base::store_error("the keys of this device are not those of its account: the database was changed");
    }
    return *account_;
}

json::object const& own_device::published() {
    if (keys_as_published_.empty()) keys_as_published_ = own_device_keys(keys(), with_.me, with_.device);
    return keys_as_published_;
}

void own_device::save() {
    with_.t.run(
        "INSERT INTO own_device (account, device_id, curve25519, ed25519, pickle, published, server_count, wants_fallback, fallback_made)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (account) DO UPDATE SET pickle = excluded.pickle,"
        " published = excluded.published, server_count = excluded.server_count, wants_fallback = excluded.wants_fallback,"
        " fallback_made = excluded.fallback_made",
        {with_.account, with_.device.str(), curve25519_, ed25519_, sealed(with_.t, sealed_in::own_device, keys().pickle()),
         std::int64_t{is_published_}, count_, std::int64_t{wants_fallback_}, std::int64_t{fallback_made_.time_since_epoch().count()}});
}

std::optional<json::object> own_device::to_upload() {
    bool changed = false;
    // What was made and not yet published is uploaded first: the homeserver may have it already, under these ids.
    // Of a device that the homeserver does not know it has none.
    auto const there = std::clamp<std::int64_t>(count_.value_or(is_published_ ? wanted_one_time_keys : 0), 0, wanted_one_time_keys);
    auto const missing = wanted_one_time_keys - there;
    if (missing > 0 && keys().unpublished_keys().empty()) {
        keys().make_one_time_keys(static_cast<std::size_t>(missing));
        changed = true;
    }
    if (wants_fallback_ && keys().unpublished_fallback_key().empty()) {
        keys().make_fallback_key();
        fallback_made_ = with_.now;
        changed = true;
    } else if (!wants_fallback_ && fallback_made_ != base::time_point() && with_.now - fallback_made_ >= old_fallback_serves) {
        keys().forget_old_fallback_key();
        fallback_made_ = base::time_point();
        changed = true;
    }
    if (changed) save();
    json::object body;
    if (!is_published_) body["device_keys"] = published();
    auto const add = [&](char const* member, std::vector<one_time_key> const& those, bool is_fallback) {
        if (those.empty()) return;
        json::object all;
        for (auto const& each : those) {
            all[std::string(signed_curve25519) + ":" + each.id] = signed_key(keys(), each.key, is_fallback, with_.me, with_.device);
        }
        body[member] = std::move(all);
    };
    if (missing > 0) add("one_time_keys", keys().unpublished_keys(), /*is_fallback=*/false);
    if (wants_fallback_) add("fallback_keys", keys().unpublished_fallback_key(), /*is_fallback=*/true);
    return body.empty() ? std::nullopt : std::optional(std::move(body));
}

void own_device::uploaded(json::object const& answer) {
    auto const* counts = base::find_object(answer, "one_time_key_counts");
    auto const told = counts == nullptr ? std::nullopt : base::find_integer(*counts, signed_curve25519);
    keys().mark_as_published();
    wants_fallback_ = false;
    count_ = told.value_or(0);
    is_published_ = true;
    save();
}

void own_device::note_counts(std::optional<std::int64_t> one_time_keys, std::optional<bool> has_fallback) {
    count_ = one_time_keys.value_or(0);
    wants_fallback_ = wants_fallback_ || (has_fallback && !*has_fallback);
    save();
}

void forget_device(base::transaction& t, std::int64_t account) {
    for (auto const* table : {"own_device", "olm_session", "olm_seen", "olm_unwedged", "wedged", "sending_key", "key_share", "to_device",
                              "key_request", "key_question", "open_verification"}) {
        t.run(std::string("DELETE FROM ") + table + " WHERE account = ?1", {account});
    }
    t.run("UPDATE device SET told_no_olm = 0 WHERE account = ?1 AND told_no_olm = 1", {account});
}

bool counts_differ(context const& with, std::optional<std::int64_t> one_time_keys, std::optional<bool> has_fallback) {
    auto const row = with.t.first("SELECT server_count, wants_fallback FROM own_device WHERE account = ?1 AND device_id = ?2",
                                  {with.account, with.device.str()});
    if (!row) return false;
    bool const is_used = has_fallback && !*has_fallback;
    return row->optional_integer(0) != one_time_keys.value_or(0) || (is_used && row->integer(1) == 0);
}

}  // namespace chatrixcd::matrix::crypto

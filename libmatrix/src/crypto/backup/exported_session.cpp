// SPDX-License-Identifier: Apache-2.0
#include "crypto/backup/exported_session.hpp"

#include <boost/json/array.hpp>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/json_text.hpp>
#include <chatrixcd/protocol/signing.hpp>

#include "crypto/driver/curve25519.hpp"
#include "crypto/pickles.hpp"

namespace chatrixcd::matrix::crypto {

namespace json = boost::json;

base::secret write_exported(room_key_row const& key, bool with_place) {
    auto const exported = loaded(key.group->export_at(key.group->first_index()));
    json::object made{{"algorithm", megolm_algorithm}};
    made["forwarding_curve25519_key_chain"] = json::array();
    made["sender_key"] = key.sender_curve25519;
    made["sender_claimed_keys"].emplace_object()["ed25519"] = key.sender_ed25519;
    if (with_place) {
        made["room_id"] = key.room.str();
        made["session_id"] = key.session;
    }
    // The key itself is written beside the object, of which nothing would be wiped.
    std::string text;
    text.reserve(2048);
    base::append_json(text, made);
    text.pop_back();
    text += R"(,"session_key":")" + exported.reveal() + R"("})";
    base::secret kept(text);
    base::wipe(text);
    return kept;
}

result<exported_session> read_exported(driver& olm, json::object const& from) {
    auto const refused = [](char const* why) { return error(base::error_kind::invalid, std::string("an exported room key ") + why); };
    if (base::find_string(from, "algorithm") != megolm_algorithm) return refused("is of an algorithm that is not known here");
    auto const device = checked_curve25519(base::find_string(from, "sender_key").value_or(std::string()));
    if (!device) return refused("does not say whose device it is from");
    auto const* claimed = base::find_object(from, "sender_claimed_keys");
    auto const signer = claimed == nullptr ? std::nullopt : base::find_string(*claimed, "ed25519");
    auto const key = protocol::verify_key::parse(signer.value_or(std::string()));
    if (!key) return refused("does not say which key its device signs with");
    exported_session read;
    read.sender_curve25519 = *device;
    read.sender_ed25519 = key->base64();
    auto group = olm.import_inbound_group(base::secret(base::find_string(from, "session_key").value_or(std::string())));
    if (!group) return group.error();
    read.group = std::move(*group);
    return read;
}

}  // namespace chatrixcd::matrix::crypto

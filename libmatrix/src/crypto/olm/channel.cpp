// SPDX-License-Identifier: Apache-2.0
#include "crypto/olm/channel.hpp"

#include <variant>

#include <boost/json/serialize.hpp>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/json_text.hpp>

#include "crypto/driver/curve25519.hpp"
#include "crypto/keys/device_keys.hpp"
#include "crypto/olm/session_table.hpp"
#include "crypto/rooms/sending_key.hpp"
#include "crypto/wiping.hpp"

namespace chatrixcd::matrix::crypto {

namespace json = boost::json;
using base::find_integer;
using base::find_object;
using base::find_string;

namespace {

constexpr char const* signed_curve25519 = "signed_curve25519";
constexpr std::int64_t pre_key = 0;

std::string text_in(json::object const& from, std::string_view name) { return find_string(from, name).value_or(std::string()); }

refused_event refused(refusal why, std::string words, std::string key = {}) { return {why, std::move(words), std::move(key)}; }

std::string key_text(json::object const* keys, std::string_view name) { return keys == nullptr ? std::string() : text_in(*keys, name); }

// Reads one message to this device.
class reading {
public:
    reading(context const& with, own_device& own, user_id const& sender) : with_(with), own_(own), sender_(sender) {}

    std::variant<device_event, refused_event> run(json::object const& content) {
        if (text_in(content, "algorithm") != olm_algorithm) return refused(refusal::malformed, "an unknown algorithm");
        auto const key = checked_curve25519(text_in(content, "sender_key"));
        auto const* all = find_object(content, "ciphertext");
        if (!key || all == nullptr) return refused(refusal::malformed, "no usable sender_key or ciphertext");
        auto const* mine = find_object(*all, own_.curve25519());
        if (mine == nullptr) return refused(refusal::not_for_us, "nothing in it is for this device");
        olm_message message;
        message.type = find_integer(*mine, "type").value_or(-1);
        message.body = text_in(*mine, "body");
        if (was_seen(with_, *key, message)) return refused(refusal::repeated, "it was read before");
        key_ = *key;
        auto said = decrypt(message);
        if (!said) return refused(refusal::undecryptable, said.error().message(), key_);
        // Keys of rooms come so.
        auto event = check(*said);
        base::wipe(*said);
        if (std::holds_alternative<refused_event>(event)) return event;
        // Only what was found true uses a one-time key up.
        if (begun_) {
            own_.keys().forget_one_time_key(*begun_);
            own_.save();
            add_session(with_, key_, *begun_);
            note_begun_anew(with_, key_);
        } else {
            save_session(with_, key_, *used_, /*read_one=*/true);
        }
        note_seen(with_, key_, message);
        return event;
    }

private:
    result<std::string> decrypt(olm_message const& message) {
        auto known = sessions_with(with_, key_);
        for (auto& each : known) {
            bool const is_its_own = message.type == pre_key && each.session->began_with(key_, message);
            if (message.type == pre_key && !is_its_own) continue;
            auto said = each.session->decrypt(message);
            // A message that belongs to this session belongs to no other.
            if (!said && !is_its_own) continue;
            if (said) used_ = std::move(each.session);
            return said;
        }
        if (message.type != pre_key) return base::error(base::error_kind::invalid, "no session reads it");
        auto begun = own_.keys().accept_session(key_, message);
        if (!begun) return begun.error();
        begun_ = std::move(begun->session);
        return std::move(begun->plaintext);
    }

    std::variant<device_event, refused_event> check(std::string const& said) {
        auto payload = base::parse_json_object(said);
        if (!payload) return refused(refusal::malformed, "what was encrypted is no JSON object");
        wiping const wiped(*payload);
        if (text_in(*payload, "sender") != sender_.str()) return refused(refusal::forged, "it names another sender");
        if (text_in(*payload, "recipient") != with_.me.str()) return refused(refusal::forged, "it is for another user");
        auto const* recipient = find_object(*payload, "recipient_keys");
        if (key_text(recipient, "ed25519") != own_.ed25519()) return refused(refusal::forged, "it is for another device");
        device_event event;
        event.sender = sender_;
        event.sender_curve25519 = key_;
        event.sender_ed25519 = key_text(find_object(*payload, "keys"), "ed25519");
        if (event.sender_ed25519.empty()) return refused(refusal::forged, "it does not say which device sends it");
        if (payload->contains("sender_device_keys")) {
            auto const* brought = find_object(*payload, "sender_device_keys");
            auto read = brought == nullptr ? result<device_keys>(base::error(base::error_kind::invalid, "they are no object"))
                                           : read_device_keys(*brought);
            if (!read) return refused(refusal::forged, "sender_device_keys: " + read.error().message());
            bool const is_theirs = read->user == sender_ && read->curve25519 == key_ && read->ed25519 == event.sender_ed25519;
            if (!is_theirs) return refused(refusal::forged, "sender_device_keys are of another device");
            event.device = row_of(*read);
        }
        if (auto known = find_device_by_key(with_, sender_, key_)) {
            if (known->ed25519 != event.sender_ed25519) return refused(refusal::forged, "the device has another signing key");
            event.device = std::move(known);
        }
        event.type = text_in(*payload, "type");
        auto const* content = find_object(*payload, "content");
        if (event.type.empty() || content == nullptr) return refused(refusal::malformed, "it has no type or no content");
        event.content = *content;
        return event;
    }

    // As good as what a query tells: its owner's keys say whether it is theirs.
    device_row row_of(device_keys const& from) const {
        device_row row;
        row.user = from.user;
        row.device = from.device;
        row.curve25519 = from.curve25519;
        row.ed25519 = from.ed25519;
        row.knows_megolm = from.knows_megolm;
        auto const identity = find_identity(with_, from.user);
        row.is_cross_signed = identity && !has_id_of_key(from.device, identity->keys) && is_cross_signed(from, identity->keys);
        return row;
    }

    context const& with_;
    own_device& own_;
    user_id const& sender_;
    std::string key_;
    std::unique_ptr<olm_session> begun_;
    std::unique_ptr<olm_session> used_;
};

// The devices of an answer by user and device.
json::object const* keys_of(json::object const& answer, device_row const& device) {
    auto const* all = find_object(answer, "one_time_keys");
    auto const* user = all == nullptr ? nullptr : find_object(*all, device.user.str());
    return user == nullptr ? nullptr : find_object(*user, device.device.str());
}

json::object write(context const& with, own_device& own, olm_session& session, device_row const& to, std::string const& type,
                   json::object const& content) {
    json::object payload{{"type", type}, {"content", content}, {"sender", with.me.str()}, {"recipient", to.user.str()}};
    payload["keys"] = json::object{{"ed25519", own.ed25519()}};
    payload["recipient_keys"] = json::object{{"ed25519", to.ed25519}};
    payload["sender_device_keys"] = own.published();
    wiping const wiped(payload);
    std::string text;
    base::append_json(text, payload);
    auto const message = session.encrypt(text);
    base::wipe(text);
    json::object ciphertext{{to.curve25519, json::object{{"type", message.type}, {"body", message.body}}}};
    return json::object{{"algorithm", olm_algorithm}, {"sender_key", own.curve25519()}, {"ciphertext", std::move(ciphertext)}};
}

device_keys keys_of(device_row const& row) {
    device_keys keys;
    keys.user = row.user;
    keys.device = row.device;
    keys.curve25519 = row.curve25519;
    keys.ed25519 = row.ed25519;
    return keys;
}

// With the one key that a device has for us, if its owner signed it; null: there is none.
std::unique_ptr<olm_session> begun_by(own_device& own, device_row const& device, json::object const* keys) {
    if (keys == nullptr || keys->size() != 1 || !keys->begin()->key().starts_with(std::string(signed_curve25519) + ":")) return nullptr;
    auto const* object = find_object(*keys, keys->begin()->key());
    if (object == nullptr) return nullptr;
    auto const key = read_signed_key(*object, keys_of(device));
    if (!key) return nullptr;
    auto session = own.keys().begin_session(device.curve25519, *key);
    return session ? std::move(*session) : nullptr;
}

}  // namespace

std::variant<device_event, refused_event> read_from_device(context const& with, own_device& own, user_id const& sender,
                                                           json::object const& content) {
    return reading(with, own, sender).run(content);
}

std::optional<json::object> write_to_device(context const& with, own_device& own, device_row const& to, std::string const& type,
                                            json::object const& content) {
    auto sessions = sessions_with(with, to.curve25519);
    if (sessions.empty() || sessions.front().is_copied) return std::nullopt;
    auto& session = *sessions.front().session;
    auto said = write(with, own, session, to, type, content);
    save_session(with, to.curve25519, session, /*read_one=*/false);
    return said;
}

json::object claim_body(std::vector<device_row> const& devices) {
    json::object users;
    for (auto const& each : devices) {
        auto& user = users[each.user.str()];
        if (!user.is_object()) user = json::object();
        user.get_object()[each.device.str()] = signed_curve25519;
    }
    return json::object{{"one_time_keys", std::move(users)}, {"timeout", 10000}};
}

claimed_sessions begin_claimed(own_device& own, std::vector<device_row> const& asked, json::object const& answer) {
    claimed_sessions all;
    for (auto const& each : asked) {
        auto session = begun_by(own, each, keys_of(answer, each));
        if (session) {
            all.begun.push_back({each, std::move(session)});
        } else {
            all.without.push_back(each);
        }
    }
    return all;
}

json::object write_first(context const& with, own_device& own, claimed_session& in, std::string const& type, json::object const& content) {
    auto said = write(with, own, *in.session, in.with, type, content);
    add_session(with, in.with.curve25519, *in.session);
    return said;
}

std::vector<device_row> take_claim_answer(context const& with, own_device& own, std::vector<device_row> const& asked,
                                          json::object const& answer) {
    auto all = begin_claimed(own, asked, answer);
    for (auto const& each : all.begun) add_session(with, each.with.curve25519, *each.session);
    return std::move(all.without);
}

}  // namespace chatrixcd::matrix::crypto

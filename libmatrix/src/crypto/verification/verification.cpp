// SPDX-License-Identifier: Apache-2.0
#include "crypto/verification/verification.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <span>
#include <tuple>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/secret.hpp>
#include <chatrixcd/protocol/base64.hpp>
#include <chatrixcd/protocol/canonical_json.hpp>

#include "crypto/primitives/hashes.hpp"

namespace chatrixcd::matrix::crypto {

namespace json = boost::json;
using base::find_array;
using base::find_object;
using base::find_string;

namespace {

constexpr char const* agreement = "curve25519-hkdf-sha256";
constexpr char const* hash = "sha256";
constexpr char const* mac_method = "hkdf-hmac-sha256.v2";
constexpr char const* old_mac_method = "hkdf-hmac-sha256";
constexpr std::size_t sas_bytes = 6;
constexpr std::size_t longest_reason = 200;
constexpr base::duration oldest_request = std::chrono::minutes(10);
constexpr base::duration most_ahead = std::chrono::minutes(5);

std::string text_in(json::object const& from, std::string_view name) { return find_string(from, name).value_or(std::string()); }

bool lists(json::object const& from, std::string_view name, std::string_view what) {
    auto const* all = find_array(from, name);
    auto const is_it = [&](json::value const& v) { return v.is_string() && std::string_view(v.get_string()) == what; };
    return all != nullptr && std::ranges::any_of(*all, is_it);
}

// Words of theirs are shown to people, and go into logs.
std::string said_by_them(std::string text) { return text.size() <= longest_reason ? text : std::string("(too long to be shown)"); }

std::string key_id(std::string const& name) { return "ed25519:" + name; }

}  // namespace

bool is_fresh_request(json::object const& content, base::time_point now) {
    auto const said = base::find_integer(content, "timestamp");
    if (!said) return false;
    base::time_point const at{base::duration(*said)};
    return now - oldest_request <= at && at <= now + most_ahead;
}

verification::verification(base::random& randomness, verified_party us, user_id whom, place where, std::string id, base::time_point now)
    : random_(&randomness), us_(std::move(us)), where_(where), id_(std::move(id)), begun_(now) {
    them_.user = std::move(whom);
}

verification verification::ask(base::random& randomness, verified_party us, user_id whom, device_id device, place where, std::string id,
                               base::time_point now) {
    verification made(randomness, std::move(us), std::move(whom), where, std::move(id), now);
    made.them_.device = std::move(device);
    made.asked_by_us_ = true;
    return made;
}

verification verification::answer(base::random& randomness, verified_party us, user_id who, place where, std::string id,
                                  json::object const& theirs, base::time_point now) {
    verification made(randomness, std::move(us), std::move(who), where, std::move(id), now);
    made.theirs_ = offered_qr_codes(theirs);
    auto device = device_id::parse(text_in(theirs, "from_device"));
    if (device) made.them_.device = std::move(*device);
    if (!device) made.cancel("m.invalid_message", "the request names no device");
    return made;
}

verification verification::answer_start(base::random& randomness, verified_party us, user_id who, std::string id, json::object theirs,
                                        base::time_point now) {
    auto made = answer(randomness, std::move(us), std::move(who), place::devices, std::move(id), theirs, now);
    made.unasked_start_ = std::move(theirs);
    return made;
}

void verification::know(std::string ed25519, std::string master) {
    them_.ed25519 = std::move(ed25519);
    them_.master = std::move(master);
    knows_them_ = !them_.ed25519.empty();
}

// --- what we say

json::object verification::stamped(json::object content) const {
    if (where_ == place::devices) {
        content["transaction_id"] = id_;
    } else {
        auto& relation = content["m.relates_to"].emplace_object();
        relation["rel_type"] = "m.reference";
        relation["event_id"] = id_;
    }
    return content;
}

void verification::say(std::string type, json::object content) { events_.push_back({std::move(type), stamped(std::move(content))}); }

void verification::accept() {
    if (step_ != verification_step::requested || asked_by_us_) return;
    if (unasked_start_) {
        step_ = verification_step::ready;
        return take_start(*unasked_start_);
    }
    json::object content;
    content["from_device"] = us_.device.str();
    // Of what they can do as well.
    qr_abilities common;
    common.shows = shown_keys().has_value();
    common.scans = may_scan();
    content["methods"] = verification_methods(common);
    say("m.key.verification.ready", std::move(content));
    step_ = verification_step::ready;
}

void verification::begin() {
    if (step_ != verification_step::ready) return;
    json::object content;
    content["from_device"] = us_.device.str();
    content["method"] = sas_method;
    content["key_agreement_protocols"] = json::array{agreement};
    content["hashes"] = json::array{hash};
    content["message_authentication_codes"] = json::array{mac_method};
    content["short_authentication_string"] = json::array{"decimal", "emoji"};
    content = stamped(std::move(content));
    start_ = protocol::canonical_json(content).value();
    events_.push_back({"m.key.verification.start", std::move(content)});
    we_began_ = true;
    step_ = verification_step::started;
}

void verification::cancel(std::string code, std::string reason) {
    if (is_over()) return;
    code_ = std::move(code);
    reason_ = std::move(reason);
    step_ = verification_step::cancelled;
    json::object content;
    content["code"] = code_;
    content["reason"] = reason_;
    say("m.key.verification.cancel", std::move(content));
}

void verification::leave(std::string reason) {
    if (is_over()) return;
    code_ = "m.accepted";
    reason_ = std::move(reason);
    step_ = verification_step::cancelled;
}

void verification::mismatch() {
    if (step_ == verification_step::comparing) cancel("m.mismatched_sas", "the codes are not the same");
    if (step_ == verification_step::scanned) cancel("m.key_mismatch", "the other device does not show that it has scanned the code");
}

void verification::confirm() {
    if (step_ == verification_step::scanned) return finish_scan();
    if (step_ != verification_step::comparing) return;
    json::object macs;
    std::vector<std::string> names{key_id(us_.device.str())};
    macs[names.front()] = mac(mac_info(us_, them_, names.front()), us_.ed25519);
    if (!us_.master.empty()) {
        names.push_back(key_id(us_.master));
        macs[names.back()] = mac(mac_info(us_, them_, names.back()), us_.master);
    }
    std::ranges::sort(names);
    std::string list;
    for (auto const& name : names) list += (list.empty() ? "" : ",") + name;
    json::object content;
    content["keys"] = mac(mac_info(us_, them_, "KEY_IDS"), list);
    content["mac"] = std::move(macs);
    say("m.key.verification.mac", std::move(content));
    step_ = verification_step::confirmed;
    finish();
}

// Both MACs are there.
void verification::finish() {
    if (step_ != verification_step::confirmed || !their_mac_is_good_) return;
    say("m.key.verification.done", json::object());
    step_ = verification_step::done;
}

// --- what they say

void verification::pass(base::time_point now) {
    if (now - begun_ >= verification_takes) cancel("m.timeout", "the verification took too long");
}

void verification::take(std::string const& type, json::object const& content, base::time_point now) {
    if (is_over()) return;
    pass(now);
    if (is_over()) return;
    if (type == "m.key.verification.ready") return take_ready(content);
    if (type == "m.key.verification.start") return take_start(content);
    if (type == "m.key.verification.accept") return take_accept(content);
    if (type == "m.key.verification.key") return take_key(content);
    if (type == "m.key.verification.mac") return take_mac(content);
    if (type == "m.key.verification.cancel") return take_cancel(content);
    if (type == "m.key.verification.done") return take_done();
}

void verification::take_done() {
    // Some that have scanned are done with that; our person decides for us.
    if (step_ == verification_step::scanned) return;
    if (step_ != verification_step::confirmed) return cancel("m.unexpected_message", "it is not done yet");
    // They have seen that we have scanned. By codes, they are done when they have our MAC; we are when we have theirs.
    if (goes_by_qr_code_) finish_scan();
}

void verification::take_cancel(json::object const& content) {
    code_ = said_by_them(text_in(content, "code"));
    reason_ = said_by_them(text_in(content, "reason"));
    step_ = verification_step::cancelled;
}

void verification::take_ready(json::object const& content) {
    auto device = device_id::parse(text_in(content, "from_device"));
    if (!asked_by_us_ || !device) return cancel("m.unexpected_message", "nobody was asked");
    // The first of their devices that answers is the one; in a room the others cannot but be heard.
    bool const is_meant = them_.device.str().empty() || them_.device == *device;
    if (step_ != verification_step::requested || !is_meant) return;
    if (!offers_sas(content)) return cancel("m.unknown_method", "no method of verification is known to both");
    them_.device = std::move(*device);
    theirs_ = offered_qr_codes(content);
    step_ = verification_step::ready;
}

// When both begin, the one with the smaller id does ("the lexicographically largest user ID should be ignored").
bool verification::we_win() const { return std::tie(us_.user.str(), us_.device.str()) < std::tie(them_.user.str(), them_.device.str()); }

void verification::take_start(json::object const& content) {
    bool const both_scanned = step_ == verification_step::confirmed && goes_by_qr_code_;
    bool const is_second = both_scanned || (step_ == verification_step::started && we_began_ && !is_accepted_);
    if (step_ != verification_step::ready && !is_second) return cancel("m.unexpected_message", "it was begun before");
    auto const method = text_in(content, "method");
    if (is_second && method != (both_scanned ? reciprocate_method : sas_method)) {
        return cancel("m.unexpected_message", "both began, by different methods");
    }
    bool const is_known_method = method == sas_method || (method == reciprocate_method && shown_keys());
    if (!is_known_method) return cancel("m.unknown_method", "this method of verification is not known here");
    if (is_second && we_win()) return;
    if (text_in(content, "from_device") != them_.device.str()) return cancel("m.invalid_message", "another device began it");
    if (method == reciprocate_method) return take_scanned(content);
    // "If both parties support `hkdf-hmac-sha256.v2`, then `hkdf-hmac-sha256` MUST not be used." We never offer it ourselves, and take it
    // only of who began as clients did before there was another.
    bool const knows_mac = lists(content, "message_authentication_codes", mac_method);
    uses_old_mac_ = !knows_mac && unasked_start_ && lists(content, "message_authentication_codes", old_mac_method);
    bool const is_known = lists(content, "key_agreement_protocols", agreement) && lists(content, "hashes", hash) &&
                          (knows_mac || uses_old_mac_) && lists(content, "short_authentication_string", "decimal");
    if (!is_known) return cancel("m.unknown_method", "no way to agree on keys is known to both");
    if (!knows_them_) return cancel("m.key_mismatch", "the other device has no keys that are known here");
    auto text = protocol::canonical_json(content);
    if (!text) return cancel("m.invalid_message", "what it was begun with is no canonical JSON");
    start_ = std::move(*text);
    we_began_ = false;
    step_ = verification_step::started;
    keys_.emplace(*random_);
    json::array shown{"decimal"};
    if (lists(content, "short_authentication_string", "emoji")) shown.emplace_back("emoji");
    json::object answer;
    answer["key_agreement_protocol"] = agreement;
    answer["hash"] = hash;
    answer["message_authentication_code"] = uses_old_mac_ ? old_mac_method : mac_method;
    answer["short_authentication_string"] = std::move(shown);
    answer["commitment"] = commitment_of(keys_->public_key());
    say("m.key.verification.accept", std::move(answer));
    is_accepted_ = true;
}

void verification::take_accept(json::object const& content) {
    if (step_ != verification_step::started || !we_began_ || is_accepted_) {
        return cancel("m.unexpected_message", "nothing was to be accepted");
    }
    bool const is_offered = text_in(content, "key_agreement_protocol") == agreement && text_in(content, "hash") == hash &&
                            text_in(content, "message_authentication_code") == mac_method &&
                            lists(content, "short_authentication_string", "decimal");
    if (!is_offered) return cancel("m.unknown_method", "what was accepted was not offered");
    if (!knows_them_) return cancel("m.key_mismatch", "the other device has no keys that are known here");
    commitment_ = text_in(content, "commitment");
    is_accepted_ = true;
    keys_.emplace(*random_);
    json::object ours;
    ours["key"] = keys_->public_key();
    say("m.key.verification.key", std::move(ours));
}

void verification::take_key(json::object const& content) {
    if (step_ != verification_step::started || !is_accepted_ || !their_key_.empty()) {
        return cancel("m.unexpected_message", "a key was not to come");
    }
    auto const key = text_in(content, "key");
    if (we_began_ && !base::equal_constant_time(commitment_of(key), commitment_)) {
        return cancel("m.mismatched_commitment", "the key is not the one that was promised");
    }
    if (key == keys_->public_key() || !keys_->agree(key)) return cancel("m.invalid_message", "the key is unusable");
    their_key_ = key;
    if (!we_began_) {
        json::object ours;
        ours["key"] = keys_->public_key();
        say("m.key.verification.key", std::move(ours));
    }
    step_ = verification_step::comparing;
}

void verification::take_mac(json::object const& content) {
    bool const is_time = !goes_by_qr_code_ && (step_ == verification_step::comparing || step_ == verification_step::confirmed);
    if (!is_time || their_mac_is_good_) return cancel("m.unexpected_message", "nothing was to be confirmed");
    auto const* macs = find_object(content, "mac");
    if (macs == nullptr || macs->empty()) return cancel("m.invalid_message", "no key is confirmed");
    std::vector<std::string> names;
    names.reserve(macs->size());
    for (auto const& each : *macs) names.emplace_back(each.key());
    std::ranges::sort(names);
    std::string list;
    for (auto const& name : names) list += (list.empty() ? "" : ",") + name;
    auto const is_mac = [&](std::string const& name, std::string_view of, std::string const& said) {
        return base::equal_constant_time(mac(mac_info(them_, us_, name), of), said);
    };
    if (!is_mac("KEY_IDS", list, text_in(content, "keys"))) return cancel("m.key_mismatch", "the list of confirmed keys is another");
    bool device = false;
    bool master = false;
    for (auto const& name : names) {
        auto const said = text_in(*macs, name);
        // A device may be called like an identity: what is confirmed is the key, so each is looked at by its own name.
        bool const is_device = name == key_id(them_.device.str());
        bool const is_master = !them_.master.empty() && name == key_id(them_.master);
        if (is_device && is_master) return cancel("m.key_mismatch", "the device is named like the identity");
        if (is_device && !is_mac(name, them_.ed25519, said)) return cancel("m.key_mismatch", "the device has another key");
        if (is_master && !is_mac(name, them_.master, said)) return cancel("m.key_mismatch", "the identity is another");
        device = device || is_device;
        master = master || is_master;
    }
    if (!device) return cancel("m.key_mismatch", "the device's own key is not confirmed");
    proves_device_ = device;
    proves_master_ = master;
    their_mac_is_good_ = true;
    finish();
}

// --- what follows from the keys

std::string verification::commitment_of(std::string const& key) const {
    auto const digest = sha256(key + start_);
    return protocol::encode_base64(std::as_bytes(std::span<char const>(digest)));
}

std::string verification::mac(std::string const& info, std::string_view of) const {
    return uses_old_mac_ ? keys_->old_mac(info, of) : keys_->mac(info, of);
}

std::string verification::sas_info() const {
    auto const part = [](verified_party const& who, std::string const& key) {
        return who.user.str() + "|" + who.device.str() + "|" + key + "|";
    };
    auto const ours = part(us_, keys_->public_key());
    auto const theirs = part(them_, their_key_);
    return "MATRIX_KEY_VERIFICATION_SAS|" + (we_began_ ? ours + theirs : theirs + ours) + id_;
}

std::string verification::mac_info(verified_party const& from, verified_party const& to, std::string const& key) const {
    return "MATRIX_KEY_VERIFICATION_MAC" + from.user.str() + from.device.str() + to.user.str() + to.device.str() + id_ + key;
}

std::optional<verification_codes> verification::codes() const {
    bool const are_there =
        step_ == verification_step::comparing || step_ == verification_step::confirmed || step_ == verification_step::done;
    if (!are_there || goes_by_qr_code_) return std::nullopt;
    auto const bytes = keys_->bytes(sas_info(), sas_bytes);
    auto const at = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(bytes.reveal().at(i))); };
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < sas_bytes; ++i) all = all << 8U | at(i);
    verification_codes made;
    for (std::size_t i = 0; i < made.emoji.size(); ++i) made.emoji.at(i) = static_cast<unsigned>(all >> (42U - 6U * i) & 63U);
    for (std::size_t i = 0; i < made.decimals.size(); ++i)
        made.decimals.at(i) = static_cast<unsigned>(all >> (35U - 13U * i) & 8191U) + 1000;
    return made;
}

}  // namespace chatrixcd::matrix::crypto

// SPDX-License-Identifier: Apache-2.0
#include "encrypted/wire_watch.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/base64.hpp>

namespace chatrixcd::test {

namespace json = boost::json;

namespace {

// The fields of a message of Olm or Megolm (their specifications, "Message Format"), behind its version.
struct message_fields {
    std::map<std::uint64_t, std::uint64_t> numbers;
    std::map<std::uint64_t, std::string> texts;
};

std::optional<std::uint64_t> read_number(std::span<std::byte const>& rest) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 63 && !rest.empty(); shift += 7) {
        auto const next = std::to_integer<std::uint64_t>(rest.front());
        rest = rest.subspan(1);
        value |= (next & 0x7fU) << shift;
        if ((next & 0x80U) == 0) return value;
    }
    return std::nullopt;
}

// What stands behind the last field, a MAC or a signature, is `tail` bytes.
message_fields read_fields(std::span<std::byte const> rest, std::size_t tail) {
    constexpr std::uint64_t is_text = 2;
    message_fields read;
    if (rest.size() <= tail) return read;
    rest = rest.subspan(1, rest.size() - 1 - tail);
    while (!rest.empty()) {
        auto const tag = read_number(rest);
        auto const value = tag ? read_number(rest) : std::nullopt;
        if (!value) break;
        if ((*tag & 7U) != is_text) {
            read.numbers[*tag] = *value;
            continue;
        }
        if (*value > rest.size()) break;
        auto const text = rest.first(static_cast<std::size_t>(*value));
        read.texts[*tag] = protocol::encode_base64(text);
        rest = rest.subspan(text.size());
    }
    return read;
}

std::string text_of(json::object const& from, std::string_view name) { return base::find_string(from, name).value_or(std::string()); }

}  // namespace

void wire_watch::see(base::http::request const& r) {
    if (r.body.find(word_) != std::string::npos || r.url.find(word_) != std::string::npos) complaints_.push_back("in clear: " + r.url);
    auto const body = r.body.empty() ? std::nullopt : std::optional(base::parse_json_object(r.body));
    if (!body || !*body) return;
    auto const has = [&](char const* part) { return r.url.find(part) != std::string::npos; };
    if (has("/send/m.room.message/")) complaints_.push_back("a message that is not encrypted: " + r.url);
    if (has("/send/m.room.encrypted/")) see_room_message(**body);
    if (has("/sendToDevice/m.room.encrypted/")) see_device_messages(**body);
    if (has("/keys/upload")) see_upload(**body);
}

void wire_watch::see_room_message(json::object const& content) {
    constexpr std::size_t mac_and_signature = 8 + 64;
    constexpr std::uint64_t index_tag = 0x08;
    auto ciphertext = text_of(content, "ciphertext");
    auto const bytes = protocol::decode_base64(ciphertext);
    auto const fields = bytes ? read_fields(*bytes, mac_and_signature) : message_fields();
    auto const index = fields.numbers.find(index_tag);
    if (index == fields.numbers.end()) {
        complaints_.push_back("a message to a room that is none of Megolm: " + json::serialize(content));
        return;
    }
    note(ciphertexts_, text_of(content, "session_id") + " " + std::to_string(index->second), std::move(ciphertext),
         "one Megolm index for two messages");
}

void wire_watch::see_device_messages(json::object const& body) {
    auto const* users = base::find_object(body, "messages");
    if (users == nullptr) return;
    for (auto const& user : *users) {
        for (auto const& device : user.value().as_object()) {
            auto const& content = device.value().as_object();
            auto const* all = base::find_object(content, "ciphertext");
            if (all == nullptr) continue;
            for (auto const& each : *all) see_olm(text_of(content, "sender_key"), each.key(), each.value().as_object());
        }
    }
}

void wire_watch::see_olm(std::string const& from, std::string const& to, json::object const& message) {
    constexpr std::size_t mac = 8;
    constexpr std::uint64_t inner_tag = 0x22;
    constexpr std::uint64_t ratchet_tag = 0x0a;
    constexpr std::uint64_t index_tag = 0x10;
    auto body = text_of(message, "body");
    if (base::find_integer(message, "type") == 0) {
        auto const outer = protocol::decode_base64(body);
        body = outer ? read_fields(*outer, 0).texts[inner_tag] : std::string();
    }
    auto const bytes = protocol::decode_base64(body);
    auto fields = bytes ? read_fields(*bytes, mac) : message_fields();
    if (!fields.texts.contains(ratchet_tag) || !fields.numbers.contains(index_tag)) {
        complaints_.push_back("a message to a device that is none of Olm: " + json::serialize(message));
        return;
    }
    auto name = from + " " + to + " " + fields.texts[ratchet_tag] + " " + std::to_string(fields.numbers[index_tag]);
    note(ciphertexts_, std::move(name), std::move(body), "one key of an Olm session for two messages");
}

void wire_watch::see_upload(json::object const& body) {
    for (auto const* member : {"one_time_keys", "fallback_keys"}) {
        auto const* all = base::find_object(body, member);
        if (all == nullptr) continue;
        for (auto const& each : *all) {
            auto const& key = each.value().as_object();
            auto const* signatures = base::find_object(key, "signatures");
            if (signatures == nullptr || signatures->empty()) {
                complaints_.push_back("a key that is not signed");
                continue;
            }
            auto const& of_user = signatures->begin()->value().as_object();
            auto const device = of_user.empty() ? std::string() : std::string(of_user.begin()->key());
            note(keys_, std::string(signatures->begin()->key()) + " " + device + " " + std::string(each.key()), text_of(key, "key"),
                 "a one-time key made anew under its id");
        }
    }
}

void wire_watch::note(std::map<std::string, std::string>& in, std::string name, std::string what, char const* words) {
    auto const [known, is_new] = in.emplace(std::move(name), what);
    if (!is_new && known->second != what) complaints_.push_back(std::string(words) + ": " + known->first);
}

}  // namespace chatrixcd::test

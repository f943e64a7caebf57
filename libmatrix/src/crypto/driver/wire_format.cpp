// SPDX-License-Identifier: Apache-2.0
#include "crypto/driver/wire_format.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include <chatrixcd/protocol/base64.hpp>
#include <chatrixcd/protocol/signing.hpp>

#include "crypto/driver/curve25519.hpp"

namespace chatrixcd::matrix::crypto {

namespace {

constexpr std::byte message_version{3};
constexpr std::byte session_key_version{2};
constexpr std::byte export_version{1};
constexpr std::size_t key_bytes = 32;
constexpr std::size_t mac_bytes = 8;
constexpr std::size_t signature_size = 64;
constexpr std::size_t block_bytes = 16;
constexpr std::size_t counter_bytes = 4;
constexpr std::size_t ratchet_bytes = 128;
constexpr std::size_t exported_bytes = 1 + counter_bytes + ratchet_bytes + key_bytes;

// The order of the group, 2^252 + 27742317777372353535851937790883648493, its lowest byte first.
constexpr std::array<unsigned char, 32> group_order{0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                                    0xa2, 0xde, 0xf9, 0xde, 0x14, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                                                    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x10};

// Reads a message's fields; tags are those of protocol buffers, their lowest three bits a type: 0 a number, 2 bytes.
class field_reader {
public:
    explicit field_reader(bytes_view from) : rest_(from) {}

    bool is_at_end() const noexcept { return rest_.empty(); }
    std::optional<std::uint64_t> number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 63 && !rest_.empty(); shift += 7) {
            auto const next = std::to_integer<std::uint64_t>(rest_.front());
            rest_ = rest_.subspan(1);
            value |= (next & 0x7fU) << shift;
            if ((next & 0x80U) == 0) return value;
        }
        return std::nullopt;
    }
    std::optional<bytes_view> bytes() {
        auto const length = number();
        if (!length || *length > rest_.size()) return std::nullopt;
        auto const found = rest_.first(static_cast<std::size_t>(*length));
        rest_ = rest_.subspan(found.size());
        return found;
    }

private:
    bytes_view rest_;
};

// What may stand in a message: bytes by their tag, and one number.
class fields {
public:
    // False: something else stands there, or something twice.
    bool read(bytes_view from, std::span<std::uint64_t const> byte_tags, std::optional<std::uint64_t> number_tag) {
        field_reader reader(from);
        bool has_number = false;
        while (!reader.is_at_end()) {
            auto const tag = reader.number();
            if (!tag) return false;
            if (number_tag && *tag == *number_tag) {
                if (std::exchange(has_number, true) || !reader.number()) return false;
                continue;
            }
            auto const place = std::ranges::find(byte_tags, *tag);
            if (place == byte_tags.end()) return false;
            auto& slot = found_.at(static_cast<std::size_t>(place - byte_tags.begin()));
            auto const value = reader.bytes();
            if (slot || !value) return false;
            slot = *value;
        }
        return has_number == number_tag.has_value() &&
               std::ranges::all_of(found_.begin(), std::next(found_.begin(), static_cast<std::ptrdiff_t>(byte_tags.size())),
                                   [](auto const& each) { return each.has_value(); });
    }
    bytes_view at(std::size_t place) const { return *found_.at(place); }

private:
    std::array<std::optional<bytes_view>, 4> found_;
};

bool is_key(bytes_view bytes) { return checked_curve25519(protocol::encode_base64(bytes)).has_value(); }
bool is_ciphertext(bytes_view bytes) { return !bytes.empty() && bytes.size() % block_bytes == 0; }

// What is between the version and the last `behind` bytes.
std::optional<bytes_view> body_of(bytes_view bytes, std::byte version, std::size_t behind) {
    if (bytes.size() > longest_message || bytes.size() < 1 + behind || bytes.front() != version) return std::nullopt;
    return bytes.subspan(1, bytes.size() - 1 - behind);
}

bool is_canonical(bytes_view signature) {
    auto const s = signature.last(group_order.size());
    for (auto i = group_order.size(); i > 0; --i) {
        auto const mine = std::to_integer<unsigned char>(s[i - 1]);
        if (mine != group_order.at(i - 1)) return mine < group_order.at(i - 1);
    }
    return false;
}

std::string_view text_of(bytes_view bytes) { return {reinterpret_cast<char const*>(bytes.data()), bytes.size()}; }

}  // namespace

bool is_olm_message(bytes_view bytes) {
    constexpr std::array<std::uint64_t, 2> tags{0x0a, 0x22};  // ratchet key, ciphertext
    constexpr std::uint64_t chain_index = 0x10;
    auto const body = body_of(bytes, message_version, mac_bytes);
    fields found;
    return body && found.read(*body, tags, chain_index) && is_key(found.at(0)) && is_ciphertext(found.at(1));
}

bool is_pre_key_message(bytes_view bytes) {
    constexpr std::array<std::uint64_t, 4> tags{0x0a, 0x12, 0x1a, 0x22};  // one-time key, base key, identity key, message
    auto const body = body_of(bytes, message_version, 0);
    fields found;
    return body && found.read(*body, tags, std::nullopt) && is_key(found.at(0)) && is_key(found.at(1)) && is_key(found.at(2)) &&
           is_olm_message(found.at(3));
}

bool is_group_message(bytes_view bytes) {
    constexpr std::array<std::uint64_t, 1> tags{0x12};  // ciphertext
    constexpr std::uint64_t message_index = 0x08;
    auto const body = body_of(bytes, message_version, mac_bytes + signature_size);
    fields found;
    return body && found.read(*body, tags, message_index) && is_ciphertext(found.at(0)) && is_canonical(bytes.last(signature_size));
}

std::optional<std::string> signer_of_session_key(bytes_view bytes) {
    if (bytes.size() != exported_bytes + signature_size || bytes.front() != session_key_version) return std::nullopt;
    auto key = protocol::encode_base64(bytes.subspan(exported_bytes - key_bytes, key_bytes));
    auto const signer = protocol::verify_key::parse(key);
    if (!signer || !signer->verify(text_of(bytes.first(exported_bytes)), protocol::encode_base64(bytes.last(signature_size)))) {
        return std::nullopt;
    }
    return key;
}

bool is_exported_session(bytes_view bytes) { return bytes.size() == exported_bytes && bytes.front() == export_version; }

}  // namespace chatrixcd::matrix::crypto

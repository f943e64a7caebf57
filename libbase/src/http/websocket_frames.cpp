// SPDX-License-Identifier: Apache-2.0
#include "http/websocket_frames.hpp"

#include <utility>

namespace chatrixcd::base::http {

namespace {

constexpr unsigned last_bit = 0x80;
constexpr unsigned reserved_bits = 0x70;
constexpr unsigned mask_bit = 0x80;
constexpr std::size_t longest_control = 125;
constexpr unsigned two_byte_length = 126;
constexpr unsigned eight_byte_length = 127;
// Below this, taken bytes are not worth moving the others for.
constexpr std::size_t worth_moving = 64U << 10U;

error broken(std::string const& why) { return error(error_kind::protocol, "the peer broke the WebSocket protocol: " + why); }

void apply_mask(std::string& payload, frame_mask const& mask) {
    for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(payload[i] ^ mask[i % mask.size()]);
}

void append_number(std::string& to, std::uint64_t number, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) to.push_back(static_cast<char>((number >> shift) & 0xFFU));
}

std::optional<opcode> opcode_from(unsigned bits) {
    if (bits <= static_cast<unsigned>(opcode::binary)) return static_cast<opcode>(bits);
    bool const is_known = bits >= static_cast<unsigned>(opcode::close) && bits <= static_cast<unsigned>(opcode::pong);
    return is_known ? std::optional(static_cast<opcode>(bits)) : std::nullopt;
}

}  // namespace

struct frame_reader::header {
    opcode what = opcode::text;
    bool is_last = true;
    std::size_t size = 0;  // of the header itself
    std::size_t payload = 0;
    frame_mask mask{};
};

bool is_control(opcode what) noexcept { return what >= opcode::close; }

std::string frame_bytes(opcode what, std::string_view payload, std::optional<frame_mask> const& mask) {
    std::string bytes;
    bytes.push_back(static_cast<char>(last_bit | static_cast<unsigned>(what)));
    unsigned const flag = mask ? mask_bit : 0;
    if (payload.size() < two_byte_length) {
        bytes.push_back(static_cast<char>(flag | payload.size()));
    } else if (payload.size() <= 0xFFFF) {
        bytes.push_back(static_cast<char>(flag | two_byte_length));
        append_number(bytes, payload.size(), 2);
    } else {
        bytes.push_back(static_cast<char>(flag | eight_byte_length));
        append_number(bytes, payload.size(), 8);
    }
    if (!mask) return bytes.append(payload);
    bytes.append(mask->data(), mask->size());
    std::string masked(payload);
    apply_mask(masked, *mask);
    return bytes.append(masked);
}

void frame_reader::feed(std::string_view bytes) {
    if (start_ == pending_.size() || start_ > worth_moving) {
        pending_.erase(0, start_);
        start_ = 0;
    }
    pending_.append(bytes);
}

result<std::optional<frame_reader::header>> frame_reader::read_header() const {
    auto const bytes = std::string_view(pending_).substr(start_);
    auto const byte = [&](std::size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(bytes[at])); };
    if (bytes.size() < 2) return std::optional<header>();
    header found;
    if ((byte(0) & reserved_bits) != 0) return broken("it uses an extension that was not agreed on");
    auto const what = opcode_from(byte(0) & 0x0FU);
    if (!what) return broken("there is no such kind of frame");
    found.what = *what;
    found.is_last = (byte(0) & last_bit) != 0;
    bool const is_masked = (byte(1) & mask_bit) != 0;
    if (is_masked != masked_) return broken(masked_ ? "a client's frame is not masked" : "a server's frame is masked");
    auto const short_length = byte(1) & ~mask_bit;
    if (is_control(found.what) && (!found.is_last || short_length > longest_control)) return broken("a control frame is long, or split");
    std::size_t const wide = short_length == two_byte_length ? 2 : short_length == eight_byte_length ? 8 : 0;
    found.size = 2 + wide + (masked_ ? found.mask.size() : 0);
    if (bytes.size() < found.size) return std::optional<header>();
    std::uint64_t length = wide == 0 ? short_length : 0;
    for (std::size_t i = 0; i < wide; ++i) length = length << 8U | byte(2 + i);
    if ((wide == 2 && length < two_byte_length) || (wide == 8 && length <= 0xFFFF)) return broken("a length is not written the short way");
    if (length > max_payload_) {
        return error(error_kind::too_large, "a WebSocket message is longer than " + std::to_string(max_payload_) + " bytes");
    }
    found.payload = static_cast<std::size_t>(length);
    for (std::size_t i = 0; masked_ && i < found.mask.size(); ++i) found.mask[i] = bytes[2 + wide + i];
    return std::optional(found);
}

result<std::optional<frame>> frame_reader::next() {
    auto const known = read_header();
    if (!known) return known.error();
    if (!*known || pending_.size() - start_ < (*known)->size + (*known)->payload) return std::optional<frame>();
    frame whole;
    whole.what = (*known)->what;
    whole.is_last = (*known)->is_last;
    whole.payload = pending_.substr(start_ + (*known)->size, (*known)->payload);
    if (masked_) apply_mask(whole.payload, (*known)->mask);
    start_ += (*known)->size + (*known)->payload;
    return std::optional(std::move(whole));
}

}  // namespace chatrixcd::base::http

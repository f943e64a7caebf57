// SPDX-License-Identifier: Apache-2.0
// The frames of RFC 6455, section 5: bytes in, frames out, no I/O.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::base::http {

enum class opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };
bool is_control(opcode what) noexcept;

struct frame {
    opcode what = opcode::text;
    bool is_last = true;
    std::string payload;
};

using frame_mask = std::array<char, 4>;
// A frame that is the last of its message. Clients mask what they send, servers do not (section 5.1).
std::string frame_bytes(opcode what, std::string_view payload, std::optional<frame_mask> const& mask);

// Reads the frames that one side sends.
class frame_reader {
public:
    // `masked`: a client sends them.
    frame_reader(bool masked, std::size_t max_payload) : masked_(masked), max_payload_(max_payload) {}

    void feed(std::string_view bytes);
    // The next frame, nothing if more bytes are needed. Errors: protocol, too_large; the connection must be closed then.
    result<std::optional<frame>> next();

private:
    struct header;
    result<std::optional<header>> read_header() const;

    bool masked_;
    std::size_t max_payload_;
    std::string pending_;
    std::size_t start_ = 0;  // of what was not taken yet
};

}  // namespace chatrixcd::base::http

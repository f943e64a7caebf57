// SPDX-License-Identifier: Apache-2.0
// The bytes of Olm and Megolm messages (the Olm and Megolm specifications, "Message Format"), checked before a library sees them. Stricter
// than those need be: each field once, none besides, ciphertexts of whole blocks, lengths of keys exact, and none of low order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace chatrixcd::matrix::crypto {

using bytes_view = std::span<std::byte const>;

// "The bytes of a message are at most so many": an event has 64 KiB, and a to-device message not many more.
inline constexpr std::size_t longest_message = 1U << 20U;

// Whether they are a normal Olm message.
bool is_olm_message(bytes_view bytes);
// Whether they are a pre-key message, which has a normal one in it.
bool is_pre_key_message(bytes_view bytes);
// Whether they are a Megolm message whose signature is a canonical one: S below the group's order, for there is a second spelling else.
bool is_group_message(bytes_view bytes);
// The public key in a session key (m.room_key, "session_key"); nothing if the length, the version or the signature is wrong.
std::optional<std::string> signer_of_session_key(bytes_view bytes);
// Whether they are an exported session: the same without a signature.
bool is_exported_session(bytes_view bytes);

}  // namespace chatrixcd::matrix::crypto

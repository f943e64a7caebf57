// SPDX-License-Identifier: Apache-2.0
#include "accounts/password.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

#include <chatrixcd/protocol/base64.hpp>

namespace chatrixcd::homeserver {

namespace {

constexpr std::uint64_t most_memory = std::uint64_t{2} << 30U;

std::string derive(base::secret const& password, std::span<std::byte const> salt, unsigned cost) {
    std::array<std::byte, 32> key{};
    auto const& text = password.reveal();
    auto const made = EVP_PBE_scrypt(text.data(), text.size(), reinterpret_cast<unsigned char const*>(salt.data()), salt.size(),
                                     std::uint64_t{1} << cost, 8, 1, most_memory, reinterpret_cast<unsigned char*>(key.data()), key.size());
    if (made != 1) throw std::runtime_error("scrypt refuses its parameters, or has no memory");
    return protocol::encode_base64(key);
}

// The next part of "a$b$c".
std::string_view take(std::string_view& text) {
    auto const end = text.find('$');
    auto const part = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return part;
}

}  // namespace

std::string hash_password(base::secret const& password, std::span<std::byte const, salt_bytes> salt, unsigned cost) {
    return fmt::format("scrypt${}${}${}", cost, protocol::encode_base64(salt), derive(password, salt, cost));
}

bool check_password(base::secret const& password, std::string const& stored) {
    std::string_view rest = stored;
    if (take(rest) != "scrypt") return false;
    auto const number = take(rest);
    unsigned cost = 0;
    auto const [end, problem] = std::from_chars(number.data(), number.data() + number.size(), cost);
    if (problem != std::errc() || cost < 1 || cost > 20) return false;
    auto const salt = protocol::decode_base64(take(rest));
    return salt && base::equal_constant_time(derive(password, salt.value(), cost), rest);
}

}  // namespace chatrixcd::homeserver

// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/store_key.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <span>
#include <string_view>
#include <system_error>

#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/text.hpp>

#include "files/descriptor.hpp"

namespace chatrixcd::base {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

// -1 if it is none.
int value_of(char digit) noexcept {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

secret new_text() {
    std::array<std::byte, store_key::size> bytes{};
    make_system_random()->fill(bytes);
    std::string text;
    text.reserve(2 * store_key::size + 1);
    for (auto& byte : bytes) {
        text += digits[std::to_integer<std::size_t>(byte >> 4)];
        text += digits[std::to_integer<std::size_t>(byte & std::byte{15})];
        byte = std::byte{0};
    }
    text += '\n';
    return secret(std::move(text));
}

error not_made(std::string const& path, int reason) {
    return error(error_kind::environment, "the key file " + path + " cannot be made: " + std::generic_category().message(reason));
}

}  // namespace

result<store_key> store_key::parse(secret const& text) {
    auto const no_key = [] {
        return error(error_kind::invalid, "a store's key is 64 hexadecimal digits").with_hint("Make one with: openssl rand -hex 32");
    };
    auto const hex = text::trimmed(text.reveal());
    if (hex.size() != 2 * size) return no_key();
    std::string bytes;
    bytes.reserve(size);
    for (std::size_t i = 0; i < size; ++i) {
        auto const high = value_of(hex[2 * i]);
        auto const low = value_of(hex[2 * i + 1]);
        if (high < 0 || low < 0) {
            wipe(bytes);
            return no_key();
        }
        bytes += static_cast<char>(high * 16 + low);
    }
    return store_key(secret(std::move(bytes)));
}

result<store_key> store_key::from_file(std::string const& path) {
    auto const text = secret::from_file(path);
    if (!text) return error(error_kind::environment, "the store's key: " + text.error().message());
    if (is_readable_by_others(path)) {
        return error(error_kind::environment, "others can read the store's key " + path).with_hint("chmod 600 " + path);
    }
    auto key = parse(*text);
    if (!key) return error(error_kind::environment, path + " holds no key: " + key.error().message()).with_hint(key.error().hint());
    return key;
}

// Written beside and linked to its name: there is never half a key under it, and a key that is there is never replaced.
result<store_key> store_key::of_new_file(std::string const& path) {
    if (::access(path.c_str(), F_OK) == 0) return from_file(path);
    auto beside = path + ".XXXXXX";
    files::descriptor const file(::mkostemp(beside.data(), O_CLOEXEC));  // made with mode 0600
    if (!file) return not_made(path, errno);
    auto const text = new_text();
    auto const length = static_cast<ssize_t>(text.reveal().size());
    bool const is_written = ::write(file.get(), text.reveal().data(), text.reveal().size()) == length && ::fsync(file.get()) == 0;
    bool const is_named = is_written && ::link(beside.c_str(), path.c_str()) == 0;
    auto const reason = errno;
    ::unlink(beside.c_str());
    if (!is_named && reason != EEXIST) return not_made(path, reason);
    auto const synced = files::sync_folder(files::parent_of(path));
    if (!synced) return synced.error();
    return from_file(path);
}

}  // namespace chatrixcd::base

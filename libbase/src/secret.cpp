// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/secret.hpp>

#include <openssl/crypto.h>

#include <cstdlib>
#include <utility>

#include <chatrixcd/base/files.hpp>

namespace chatrixcd::base {

namespace {
constexpr std::size_t max_file_bytes = 64U << 10U;
}

// A short string lives inside the object that holds it: moving leaves a copy behind, which is wiped as well.
secret::secret(std::string value) : value_(std::move(value)) { wipe(value); }
secret::secret(secret const& other) = default;
secret::secret(secret&& other) noexcept : value_(std::move(other.value_)) { wipe(other.value_); }
secret& secret::operator=(secret other) noexcept {
    value_.swap(other.value_);
    return *this;
}
secret::~secret() { wipe(value_); }

result<secret> secret::from_environment(std::string const& name) {
    char const* value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') {
        return error(error_kind::invalid, "the environment variable " + name + " is not set").with_hint("Set " + name + ".");
    }
    return secret(std::string(value));
}

secret secret::from_env(std::string const& name) { return from_environment(name).value(); }

result<secret> secret::from_file(std::string const& path) {
    auto content = read_file(path, max_file_bytes);
    if (!content) {
        if (content.error().kind() == error_kind::too_large) return content.error();
        return error(error_kind::environment, content.error().message());
    }
    std::string text;
    text.swap(*content);
    wipe(*content);
    if (text.ends_with('\n')) {
        text.pop_back();
        if (text.ends_with('\r')) text.pop_back();
    }
    return secret(std::move(text));
}

bool equal_constant_time(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void wipe(std::string& text) noexcept {
    // Up to the capacity: a string that shrank keeps its old end. Growing to it allocates nothing.
    text.resize(text.capacity());
    OPENSSL_cleanse(text.data(), text.size());
    text.clear();
}

}  // namespace chatrixcd::base

// SPDX-License-Identifier: Apache-2.0
// A string that must not be shown: a password, a token, a key. It has no stream operator, no formatter and no comparison that
// leaks time, and its memory is wiped when it goes.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::base {

class secret {
public:
    secret() = default;
    explicit secret(std::string value);
    secret(secret const& other);
    secret(secret&& other) noexcept;
    secret& operator=(secret other) noexcept;
    ~secret();

    // Reads the environment variable NAME. Error `invalid` if it is not set or empty.
    static result<secret> from_environment(std::string const& name);
    // As above, but throws error_exception: for the first lines of a program.
    static secret from_env(std::string const& name);
    // Reads a file's content without its trailing newline. Errors: environment (unreadable), too_large (over 64 KiB).
    static result<secret> from_file(std::string const& path);

    // The value itself. Call it only where it leaves for the wire; never log what it returns.
    std::string const& reveal() const noexcept { return value_; }
    bool empty() const noexcept { return value_.empty(); }

private:
    std::string value_;
};

// Compares in time that depends on the lengths alone.
bool equal_constant_time(std::string_view a, std::string_view b) noexcept;

// Overwrites memory in a way that the compiler does not remove.
void wipe(std::string& text) noexcept;

}  // namespace chatrixcd::base

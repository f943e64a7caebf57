// SPDX-License-Identifier: Apache-2.0
// Randomness that tests replace: the system's generator in production, a seeded one in simulations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace chatrixcd::base {

class random {
public:
    virtual ~random() = default;
    // Fills the buffer. The system's generator is cryptographically secure.
    virtual void fill(std::span<std::byte> out) = 0;

    // Evenly distributed in [0, bound); bound > 0.
    std::uint64_t below(std::uint64_t bound);
    // `length` characters of [A-Za-z0-9]; 22 of them carry 128 bits.
    std::string token(std::size_t length);
};

// OpenSSL's generator. Throws error_exception(environment) if the system has no entropy.
std::unique_ptr<random> make_system_random();
// Deterministic; never for keys or tokens of a real account.
std::unique_ptr<random> make_seeded_random(std::uint64_t seed);

}  // namespace chatrixcd::base

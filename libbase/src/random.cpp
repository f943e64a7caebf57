// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/random.hpp>

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <climits>
#include <random>
#include <string_view>

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::base {

namespace {

std::uint64_t draw(random& source) {
    std::array<std::byte, 8> bytes{};
    source.fill(bytes);
    std::uint64_t number = 0;
    for (auto const byte : bytes) number = (number << 8U) | std::to_integer<std::uint64_t>(byte);
    return number;
}

class system_random final : public random {
public:
    void fill(std::span<std::byte> out) override {
        while (!out.empty()) {
            auto const piece = out.first(std::min<std::size_t>(out.size(), INT_MAX));
            if (RAND_bytes(reinterpret_cast<unsigned char*>(piece.data()), static_cast<int>(piece.size())) != 1) {
                throw error_exception(error(error_kind::environment, "the system's random generator does not answer"));
            }
            out = out.subspan(piece.size());
        }
    }
};

// The standard fixes the output of mt19937_64, so that a seed means the same on every machine.
class seeded_random final : public random {
public:
    explicit seeded_random(std::uint64_t seed) : engine_(seed) {}

    void fill(std::span<std::byte> out) override {
        for (std::size_t i = 0; i < out.size(); i += 8) {
            auto number = engine_();
            for (auto& byte : out.subspan(i, std::min<std::size_t>(8, out.size() - i))) {
                byte = static_cast<std::byte>(number & 0xFFU);
                number >>= 8U;
            }
        }
    }

private:
    std::mt19937_64 engine_;
};

}  // namespace

std::uint64_t random::below(std::uint64_t bound) {
    assert(bound > 0);
    // The 2^64 values do not divide evenly: the first 2^64 mod bound are drawn again.
    auto const uneven = (0 - bound) % bound;
    auto number = draw(*this);
    while (number < uneven) number = draw(*this);
    return number % bound;
}

std::string random::token(std::size_t length) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    // Six bits of a byte choose one of 64: the two that are no letter are drawn again, so that all are equally likely.
    std::array<std::byte, 64> bytes{};
    std::string text;
    text.reserve(length);
    while (text.size() < length) {
        auto const drawn = std::span(bytes).first(std::min(bytes.size(), length - text.size()));
        fill(drawn);
        for (auto const byte : drawn) {
            auto const choice = std::to_integer<std::size_t>(byte & std::byte{63});
            if (choice < letters.size()) text += letters[choice];
        }
    }
    return text;
}

std::unique_ptr<random> make_system_random() { return std::make_unique<system_random>(); }
std::unique_ptr<random> make_seeded_random(std::uint64_t seed) { return std::make_unique<seeded_random>(seed); }

}  // namespace chatrixcd::base

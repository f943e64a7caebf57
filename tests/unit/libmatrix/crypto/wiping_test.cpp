// SPDX-License-Identifier: Apache-2.0
#include "crypto/wiping.hpp"

#include <doctest/doctest.h>

#include <boost/json/memory_resource.hpp>
#include <boost/json/parse.hpp>
#include <new>
#include <string_view>

namespace crypto = chatrixcd::matrix::crypto;
namespace json = boost::json;

namespace {

// Memory that is looked through when it is given back.
class watched_memory final : public json::memory_resource {
public:
    bool has_seen_a_key() const noexcept { return has_seen_a_key_; }

private:
    void* do_allocate(std::size_t bytes, std::size_t alignment) override { return ::operator new(bytes, std::align_val_t(alignment)); }
    void do_deallocate(void* memory, std::size_t bytes, std::size_t alignment) override {
        auto const left = std::string_view(static_cast<char const*>(memory), bytes);
        if (left.find("planted") != std::string_view::npos) has_seen_a_key_ = true;
        ::operator delete(memory, std::align_val_t(alignment));
    }
    bool do_is_equal(json::memory_resource const& other) const noexcept override { return this == &other; }

    bool has_seen_a_key_ = false;
};

constexpr std::string_view with_keys =
    R"({"session_key":"planted, and longer than a string that lies in its object","short":"planted",)"
    R"("sessions":[{"session_key":"planted in an object of a list, and longer than that, too"},"planted in the list itself, and long"]})";

}  // namespace

TEST_SUITE("matrix::crypto::wiping") {
    TEST_CASE("what JSON gives back holds none of its strings once they were wiped, however short or deep they are") {
        for (bool const is_wiped : {false, true}) {
            watched_memory memory;
            {
                auto parsed = json::parse(with_keys, &memory);
                if (is_wiped) crypto::wipe_strings(parsed);
            }
            // Without it they are there: else this would look in the wrong place.
            CHECK(memory.has_seen_a_key() == !is_wiped);
        }
    }

    TEST_CASE("an object is wiped on every way out of the block, and can be read until then") {
        watched_memory memory;
        auto const leave = [&] {
            auto parsed = json::parse(with_keys, &memory);
            crypto::wiping const keys(parsed.get_object());
            CHECK(parsed.get_object().at("short") == "planted");
            throw 1;
        };
        CHECK_THROWS_AS(leave(), int);
        CHECK_FALSE(memory.has_seen_a_key());
    }
}

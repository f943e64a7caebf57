// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chatrixcd/chatops/command/presentation.hpp>

#include "support/results.hpp"

using namespace chatrixcd::chatops;
using namespace std::chrono_literals;

enum class test_color { red, green };

template <>
struct chatrixcd::chatops::choice_words<test_color> {
    static std::vector<std::pair<std::string, test_color>> values() { return {{"red", test_color::red}, {"green", test_color::green}}; }
};

namespace {

std::string duration_refusal(std::string_view text) {
    auto const parsed = presentation<std::chrono::seconds>::parse(text);
    REQUIRE_MESSAGE(!parsed, std::string(text));
    return parsed.error().message();
}

}  // namespace

TEST_SUITE("chatops::command presentation") {
    TEST_CASE("durations") {
        using duration = presentation<std::chrono::seconds>;
        CHECK(duration::parse("90s").value() == 90s);
        CHECK(duration::parse("2h").value() == 2h);
        CHECK(duration::parse("1h30m").value() == 90min);
        CHECK(duration::parse("1d2h3m4s").value() == 24h + 2h + 3min + 4s);
        CHECK(duration::parse("366d").value() == 366 * 24h);
        for (auto const* wrong : {"", "2", "h", "2x", "-2h", "2h ", "30m1h", "1h1h", "2.5h", "1h30", "0x2h", "٣h"}) {
            CHECK(duration_refusal(wrong).find("write it like `90s`") != std::string::npos);
        }
        for (auto const* beyond : {"0s", "367d", "9000000000000000000d", "9223372036854775807s"}) {
            CHECK(duration_refusal(beyond).find("out of range") != std::string::npos);
        }
        CHECK(duration_refusal("99999999999999999999s").find("is no duration") != std::string::npos);
    }
    TEST_CASE("whole numbers keep to their type") {
        CHECK(presentation<int>::parse("-3").value() == -3);
        CHECK(presentation<std::uint8_t>::parse("255").value() == 255);
        CHECK(presentation<std::uint8_t>::parse("256").error().message() == "`256` is out of range; a number from 0 to 255 is possible.");
        CHECK(presentation<std::int64_t>::parse("9223372036854775808").error().message().find("out of range") != std::string::npos);
        for (auto const* wrong : {"", "3.0", "+3", "3 ", "0x3", "three"}) CHECK(!presentation<int>::parse(wrong));
    }
    TEST_CASE("yes and no") {
        CHECK(presentation<bool>::parse("yes").value());
        CHECK(!presentation<bool>::parse("off").value());
        CHECK(!presentation<bool>::parse("maybe"));
        CHECK(presentation<bool>::complete("y") == std::vector<std::string>{"yes"});
    }
    TEST_CASE("choices name themselves") {
        using color = presentation<test_color>;
        CHECK(color::name() == "red|green");
        CHECK(color::parse("green").value() == test_color::green);
        CHECK(color::parse("blue").error().message() == "`blue` is none of the choices; write `red` or `green`.");
        CHECK(color::complete("g") == std::vector<std::string>{"green"});
    }
    TEST_CASE("an optional is written as what it holds") {
        CHECK(presentation<std::optional<int>>::parse("3").value() == 3);
        CHECK(!presentation<std::optional<int>>::parse("x"));
        CHECK(presentation<std::optional<std::chrono::seconds>>::name() == "duration");
    }
}

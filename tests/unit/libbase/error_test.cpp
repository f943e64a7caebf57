// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chatrixcd/base/error.hpp>

namespace base = chatrixcd::base;
using base::error;
using base::error_kind;

TEST_SUITE("base::error") {
    TEST_CASE("an error describes itself on one line, with the server's words, codes and the hint") {
        auto const e = error(error_kind::forbidden, "the room cannot be joined")
                           .with_status(403)
                           .with_errcode("M_FORBIDDEN")
                           .with_server_text("You are not invited")
                           .with_hint("Ask for an invitation.");
        CHECK(e.describe() == "the room cannot be joined: You are not invited (M_FORBIDDEN, HTTP 403). Ask for an invitation.");
        CHECK(error(error_kind::invalid, "no").describe() == "no");
    }

    TEST_CASE("a server's words can neither start a line, steer a terminal nor turn the direction of the text") {
        auto const told = error(error_kind::protocol, "refused")
                              .with_server_text(
                                  "a\nb\x1b[2J\u009b1m\u202Ec\u2028d\xff\xc0\xaf"
                                  "é");
        CHECK(told.describe() ==
              "refused: a b?[2J?1m?c?d?"
              "?"
              "?é");
    }

    TEST_CASE("a page of server text is cut") {
        auto const told = error(error_kind::protocol, "refused").with_server_text(std::string(100000, 'x'));
        CHECK(told.describe().size() < 500);
    }

    TEST_CASE("value() of a refusal throws the error itself") {
        base::result<int> const refused = error(error_kind::rate_limited, "slow down").with_retry_after(std::chrono::seconds(2));
        try {
            (void)refused.value();
            FAIL("value() returned");
        } catch (base::error_exception const& e) {
            CHECK(e.why().kind() == error_kind::rate_limited);
            CHECK(e.why().retry_after() == std::chrono::seconds(2));
        }
    }

    TEST_CASE("a request whose fate is unknown is not one to repeat") {
        CHECK(is_retryable(error(error_kind::unavailable, "")));
        CHECK(is_retryable(error(error_kind::rate_limited, "")));
        CHECK_FALSE(is_retryable(error(error_kind::timeout_unknown, "")));
        CHECK(is_fatal(error(error_kind::unauthorized, "")));
        CHECK_FALSE(is_fatal(error(error_kind::not_found, "")));
    }
}

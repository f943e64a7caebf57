// SPDX-License-Identifier: Apache-2.0
#include "http/retry.hpp"

#include <doctest/doctest.h>

#include <boost/json/object.hpp>

#include "http/answer.hpp"

namespace chatrixcd::matrix::detail {

using base::error;
using base::error_kind;

namespace {

error answered(unsigned status, std::string body, std::string retry_after = {}) {
    base::http::response r(status, std::move(body));
    if (!retry_after.empty()) r.headers.set("Retry-After", retry_after);
    return read_answer(r, "the request").error();
}

}  // namespace

TEST_SUITE("matrix::http") {
    TEST_CASE("only what certainly was not executed, or may be executed twice, is repeated") {
        CHECK(may_repeat(error(error_kind::unavailable, ""), false));
        CHECK(may_repeat(error(error_kind::rate_limited, ""), false));
        CHECK_FALSE(may_repeat(error(error_kind::timeout_unknown, ""), false));
        CHECK(may_repeat(error(error_kind::timeout_unknown, ""), true));
        CHECK_FALSE(may_repeat(error(error_kind::protocol, ""), false));
        CHECK_FALSE(may_repeat(error(error_kind::forbidden, ""), true));
        CHECK_FALSE(may_repeat(error(error_kind::unauthorized, ""), true));
    }

    TEST_CASE("a server error may have been executed, a proxy's refusal is no refusal of the homeserver") {
        CHECK(answered(502, "<html>").kind() == error_kind::timeout_unknown);
        CHECK(answered(408, "").kind() == error_kind::timeout_unknown);
        CHECK(is_refusal(answered(403, R"({"errcode":"M_FORBIDDEN","error":"no"})")));
        CHECK_FALSE(is_refusal(answered(403, "<html>blocked</html>")));
        CHECK(is_refusal(answered(413, "<html>")));
        CHECK_FALSE(is_refusal(answered(429, R"({"errcode":"M_LIMIT_EXCEEDED"})")));
        CHECK_FALSE(is_refusal(answered(401, R"({"errcode":"M_UNKNOWN_TOKEN"})")));
        CHECK(answered(404, R"({"errcode":"M_UNRECOGNIZED"})").kind() == error_kind::unsupported);
        CHECK(answered(200, "[]").kind() == error_kind::protocol);
    }

    TEST_CASE("the server's wish to wait is read from the header, then from the body") {
        CHECK(answered(429, R"({"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":1500})").retry_after() == std::chrono::milliseconds(1500));
        CHECK(answered(429, R"({"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":1500})", "7").retry_after() == std::chrono::seconds(7));
        CHECK_FALSE(answered(429, "{}", "Wed, 21 Oct 2015 07:28:00 GMT").retry_after());
        CHECK_FALSE(answered(429, R"({"retry_after_ms":-5})").retry_after());
    }

    TEST_CASE("delays grow to their bound, jitter stays below, and the server's wish is kept within reason") {
        auto const random = base::make_seeded_random(3);
        backoff wait(*random, std::chrono::seconds(1), std::chrono::seconds(8));
        base::duration full = std::chrono::seconds(1);
        for (int i = 0; i < 10; ++i) {
            auto const delay = wait.next();
            CHECK(delay >= full / 2);
            CHECK(delay <= full);
            full = std::min<base::duration>(full * 2, std::chrono::seconds(8));
        }
        CHECK(wait.next(std::chrono::seconds(100)) == std::chrono::seconds(100));
        CHECK(wait.next(std::chrono::hours(100)) == std::chrono::minutes(15));
        wait.reset();
        CHECK(wait.next() <= std::chrono::seconds(1));
    }
}

}  // namespace chatrixcd::matrix::detail

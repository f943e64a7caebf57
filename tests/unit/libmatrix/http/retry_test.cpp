// SPDX-License-Identifier: Apache-2.0
#include "http/retry.hpp"

#include <doctest/doctest.h>

#include <boost/json/object.hpp>

#include "http/answer.hpp"

namespace chatrixcd::matrix::detail {

using base::error_kind;

namespace {

base::error answered(unsigned status, std::string body, std::string retry_after = {}) {
    base::http::response r(status, std::move(body));
    if (!retry_after.empty()) r.headers.set("Retry-After", retry_after);
    return read_answer(r, "the request").error();
}

}  // namespace

TEST_SUITE("matrix::http") {
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

    TEST_CASE("the server's wish to wait is read from the header, then from the body, of a failing server too") {
        CHECK(answered(503, "", "3").retry_after() == std::chrono::seconds(3));
        CHECK(answered(429, R"({"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":1500})").retry_after() == std::chrono::milliseconds(1500));
        CHECK(answered(429, R"({"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":1500})", "7").retry_after() == std::chrono::seconds(7));
        CHECK_FALSE(answered(429, "{}", "Wed, 21 Oct 2015 07:28:00 GMT").retry_after());
        CHECK_FALSE(answered(429, R"({"retry_after_ms":-5})").retry_after());
    }
}

}  // namespace chatrixcd::matrix::detail

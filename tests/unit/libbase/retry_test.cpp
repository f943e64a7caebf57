// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <string>

#include <chatrixcd/base/retry.hpp>
#include <chatrixcd/base/virtual_clock.hpp>
#include <support/run_coroutine.hpp>

using namespace chatrixcd::base;
using namespace std::chrono_literals;
namespace asio = boost::asio;
namespace test = chatrixcd::test;

namespace {

std::optional<duration> wish(std::string retry_after_field, std::string date = {}) {
    http::response answer(503);
    answer.headers.set("Retry-After", std::move(retry_after_field));
    if (!date.empty()) answer.headers.set("Date", std::move(date));
    return retry_after(answer);
}

struct fixture {
    asio::io_context loop{1};
    virtual_clock time;
    std::unique_ptr<chatrixcd::base::random> dice = make_seeded_random(7);

    void pass(duration span) { test::run_virtual(loop, time, time.sleep(span)); }
};

error const failed(error_kind::timeout_unknown, "no answer");

}  // namespace

TEST_SUITE("base::retry") {
    TEST_CASE("only what certainly was not executed, or may be executed twice, is repeated") {
        for (auto const kind : {error_kind::unavailable, error_kind::rate_limited}) {
            CHECK(may_repeat(error(kind, ""), false));
            CHECK(may_repeat(error(kind, ""), true));
        }
        for (auto const kind : {error_kind::timeout_unknown, error_kind::protocol}) {
            CHECK_FALSE(may_repeat(error(kind, ""), false));
            CHECK(may_repeat(error(kind, ""), true));
        }
        for (auto const kind :
             {error_kind::invalid, error_kind::unauthorized, error_kind::forbidden, error_kind::not_found, error_kind::conflict,
              error_kind::too_large, error_kind::unsupported, error_kind::environment, error_kind::internal}) {
            CHECK_FALSE(may_repeat(error(kind, ""), true));
        }
    }

    TEST_CASE("a server says how long to wait in seconds, or by a date, which its own clock measures") {
        CHECK(wish("7") == 7s);
        CHECK(wish("0") == 0s);
        CHECK(wish("Wed, 21 Oct 2015 07:28:30 GMT", "Wed, 21 Oct 2015 07:28:00 GMT") == 30s);
        CHECK(wish("Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 2015 07:28:30 GMT") == 0s);
        CHECK_FALSE(wish("Wed, 21 Oct 2015 07:28:00 GMT"));
        for (auto const* text : {"", "-1", "1.5", "99999999999", "soon"}) CHECK_FALSE(wish(text, "Wed, 21 Oct 2015 07:28:00 GMT"));
        CHECK_FALSE(retry_after(http::response(503)));
    }

    TEST_CASE_FIXTURE(fixture, "delays are drawn evenly from zero to a bound that doubles, up to its own bound") {
        for (int run = 0; run < 20; ++run) {
            backoff wait(*dice, 1s, 8s);
            for (duration bound = 1s; bound < 16s; bound *= 2) CHECK(wait.next() <= std::min<duration>(bound, 8s));
        }
        backoff wait(*dice, 8s, 8s);
        duration least = 8s;
        duration most = 0s;
        for (int i = 0; i < 200; ++i) {
            auto const delay = wait.next();
            least = std::min(least, delay);
            most = std::max(most, delay);
        }
        CHECK(least < 500ms);
        CHECK(most > 7500ms);
        CHECK(most <= 8s);
    }

    TEST_CASE_FIXTURE(fixture, "a server's wish is the least delay, within reason, and success begins anew") {
        backoff wait(*dice, 1s, 8s);
        CHECK(wait.next(100s) == 100s);
        CHECK(wait.next(100h) == 15min);
        for (int i = 0; i < 5; ++i) wait.next();
        wait.reset();
        CHECK(wait.next() <= 1s);
    }

    TEST_CASE_FIXTURE(fixture, "a request has so many attempts") {
        retry attempts(*dice, time);
        for (int i = 1; i < 5; ++i) CHECK(attempts.next(failed, /*repeatable=*/true));
        CHECK_FALSE(attempts.next(failed, /*repeatable=*/true));
    }

    TEST_CASE_FIXTURE(fixture, "a refusal ends it at once, and so does an unknown fate if the request may not be repeated") {
        retry attempts(*dice, time);
        CHECK_FALSE(attempts.next(error(error_kind::forbidden, "no"), /*repeatable=*/true));
        CHECK_FALSE(attempts.next(failed, /*repeatable=*/false));
        CHECK(attempts.next(error(error_kind::unavailable, "not connected"), /*repeatable=*/false));
    }

    TEST_CASE_FIXTURE(fixture, "a request has so much time, and a server that asks for more ends it") {
        retry attempts(*dice, time);
        pass(119s);
        CHECK(attempts.next(failed, /*repeatable=*/true));
        pass(1001ms);
        CHECK_FALSE(attempts.next(failed, /*repeatable=*/true));

        retry asked(*dice, time);
        CHECK(asked.next(error(error_kind::rate_limited, "").with_retry_after(110s), true) == 110s);
        CHECK_FALSE(asked.next(error(error_kind::rate_limited, "").with_retry_after(121s), true));
        CHECK_FALSE(asked.next(error(error_kind::rate_limited, "").with_retry_after(100h), true));
    }
}

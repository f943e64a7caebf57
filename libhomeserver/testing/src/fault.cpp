// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/homeserver/testing/fault.hpp>

#include <fmt/format.h>
#include <boost/json/object.hpp>

#include "wrong_json.hpp"

namespace chatrixcd::homeserver::testing {

namespace {

constexpr char const* limit_exceeded = R"({"errcode":"M_LIMIT_EXCEEDED","error":"slow down"})";

char const* name_of(wrong how) {
    switch (how) {
        case wrong::no_json:
            return "no JSON";
        case wrong::empty:
            return "empty";
        case wrong::null:
            return "null";
        case wrong::array:
            return "an array";
        case wrong::cut:
            return "cut off";
        case wrong::types:
            return "of wrong types";
        case wrong::deep:
            return "nested 20,000 deep";
        case wrong::huge_numbers:
            return "full of huge numbers";
        case wrong::duplicate_keys:
            return "full of duplicate keys";
        case wrong::invalid_utf8:
            return "no UTF-8";
    }
    return "wrong";
}

}  // namespace

fault fault::none() { return fault(kind::none, "nothing"); }
fault fault::drop_before() { return fault(kind::drop_before, "it is not delivered: not connected"); }
fault fault::drop_after() { return fault(kind::drop_after, "the server executes it, the answer is lost"); }
fault fault::reset() { return fault(kind::reset, "the connection is reset before the server sees it"); }
fault fault::silent_before() { return fault(kind::silent_before, "it is taken, not executed and never answered"); }
fault fault::silent_after() { return fault(kind::silent_after, "the server executes it and never answers"); }

fault fault::truncated(std::size_t bytes) {
    fault made(kind::truncated, fmt::format("the server executes it, the answer ends after {} bytes", bytes));
    made.count_ = bytes;
    return made;
}

fault fault::drip(std::size_t bytes, base::duration span) {
    fault made(kind::drip, fmt::format("the answer comes as {} bytes each {} ms", bytes, span.count()));
    made.count_ = bytes == 0 ? 1 : bytes;
    made.span_ = span;
    return made;
}

fault fault::late_answer(base::duration span) {
    fault made(kind::late_answer, fmt::format("the answer comes {} ms late", span.count()));
    made.span_ = span;
    return made;
}

fault fault::duplicate() { return fault(kind::duplicate, "the server executes it twice"); }

fault fault::overtaken_request(std::size_t others, base::duration at_most) {
    fault made(kind::overtaken_request, fmt::format("it is overtaken by {} later requests, or held for {} ms", others, at_most.count()));
    made.count_ = others;
    made.span_ = at_most;
    return made;
}

fault fault::overtaken_answer(std::size_t others, base::duration at_most) {
    fault made(kind::overtaken_answer,
               fmt::format("its answer is overtaken by {} later requests, or held for {} ms", others, at_most.count()));
    made.count_ = others;
    made.span_ = at_most;
    return made;
}

fault fault::rate_limited(unsigned seconds, retry said_in) {
    std::string body = limit_exceeded;
    bool const in_body = said_in == retry::body || said_in == retry::both;
    if (in_body) body.insert(body.size() - 1, fmt::format(R"(,"retry_after_ms":{})", std::uint64_t{seconds} * 1000));
    base::http::response refusal(429, std::move(body));
    if (said_in == retry::header || said_in == retry::both) refusal.headers.set("Retry-After", std::to_string(seconds));
    auto made = answer(std::move(refusal));
    made.description_ = fmt::format("429, to be tried again after {} s", seconds);
    return made;
}

fault fault::server_error(unsigned status, page shown) {
    base::http::response said(status);
    if (shown == page::matrix) said = base::http::response(status, R"({"errcode":"M_UNKNOWN","error":"Internal server error"})");
    if (shown == page::html) said = base::http::response(status, "<html><body><h1>out of order</h1></body></html>", "text/html");
    return answer(std::move(said));
}

fault fault::unknown_token(bool soft_logout) {
    auto const soft = std::string(soft_logout ? "true" : "false");
    return answer(base::http::response(401, R"({"errcode":"M_UNKNOWN_TOKEN","error":"unknown token","soft_logout":)" + soft + "}"));
}

fault fault::answer(base::http::response instead) {
    fault made(kind::answer, fmt::format("it is answered with {} and {} bytes instead", instead.status, instead.body.size()));
    made.instead_ = std::move(instead);
    return made;
}

fault fault::wrong_json(wrong how) {
    fault made(kind::rewrite_text, std::string("the server executes it, the answer is ") + name_of(how));
    made.rewrite_ = detail::spoiler(how);
    return made;
}

fault fault::without(std::string member) {
    fault made(kind::rewrite_text, "the answer comes without " + member);
    made.rewrite_ = detail::rewriter([member = std::move(member)](boost::json::object& whole) { whole.erase(member); });
    return made;
}

fault fault::huge(std::size_t bytes) {
    fault made(kind::rewrite_text, fmt::format("the server executes it, the answer has {} bytes", bytes));
    made.rewrite_ = [bytes](std::string& body) { body = detail::json_of_size(bytes); };
    return made;
}

fault fault::stale(std::size_t back) {
    fault made(kind::stale, fmt::format("it is answered as {} answers ago", back));
    made.count_ = back;
    return made;
}

fault fault::stale_position(std::size_t back) {
    fault made(kind::stale_position, fmt::format("the answer names the position of {} syncs ago", back));
    made.count_ = back;
    return made;
}

fault fault::rewrite(std::string what, std::function<void(std::string&)> change) {
    fault made(kind::rewrite_text, "the answer is rewritten: " + what);
    made.rewrite_ = std::move(change);
    return made;
}

fault fault::lie(std::string what, std::function<void(boost::json::object&)> rewrite) {
    fault made(kind::rewrite_text, "the answer lies: " + what);
    made.rewrite_ = detail::rewriter(std::move(rewrite));
    return made;
}

fault fault::after(base::duration wait) && {
    wait_ = wait;
    description_ = fmt::format("after {} ms: ", wait.count()) + description_;
    return std::move(*this);
}

std::vector<fault> bad_weather() {
    using namespace std::chrono_literals;
    return {
        fault::drop_before(),
        fault::drop_after(),
        fault::reset(),
        fault::silent_before(),
        fault::silent_after(),
        fault::truncated(),
        fault::late_answer(3s),
        fault::none().after(5s),
        fault::none().after(45s),
        fault::duplicate(),
        fault::overtaken_request(),
        fault::overtaken_answer(),
        fault::rate_limited(2),
        fault::rate_limited(2, retry::header),
        fault::rate_limited(2, retry::body),
        fault::rate_limited(0, retry::nowhere),
        fault::server_error(500, page::matrix),
        fault::server_error(502, page::html),
        fault::server_error(503, page::empty),
        fault::wrong_json(wrong::no_json),
        fault::wrong_json(wrong::cut),
        fault::wrong_json(wrong::empty),
    };
}

}  // namespace chatrixcd::homeserver::testing

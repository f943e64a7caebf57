// SPDX-License-Identifier: Apache-2.0
#include "api/service.hpp"

#include <exception>
#include <utility>
#include <vector>

#include <chatrixcd/base/json_reader.hpp>

#include "api/refusal.hpp"
#include "store/accounts.hpp"

namespace chatrixcd::homeserver {

namespace asio = boost::asio;
namespace http = base::http;

namespace {

// Events are at most 64 KiB; what is bigger in this API (filters, account data) does not need this much either.
constexpr std::size_t most_body = 1U << 20U;
// Leaves room for the event around it, below protocol::max_json_depth.
constexpr std::size_t most_depth = 64;

// Takes a refusal out of a closure, so that the store undoes what the closure wrote.
struct refused {
    error why;
};

struct outcome {
    answer said;
    std::vector<std::string> wakes;
};

result<void> read_body(call& c, body_rule rule) {
    if (rule == body_rule::raw) return {};
    auto text = std::exchange(c.request.http.body, {});
    if (rule == body_rule::none || (rule == body_rule::optional && text.empty())) return {};
    if (text.size() > most_body) return error(error_kind::too_large, "the body is larger than 1 MiB");
    auto value = base::parse_json(text, most_depth);
    if (!value) return not_json("the body is no JSON, or nested too deeply");
    if (!value.value().is_object()) return bad_json("the body is no JSON object");
    c.body = std::move(value.value().get_object());
    return {};
}

std::optional<std::string> token_of(call const& c) {
    auto const header = c.request.http.headers.get("Authorization");
    constexpr std::string_view scheme = "Bearer ";
    if (header && header->starts_with(scheme)) return header->substr(scheme.size());
    return c.query("access_token");
}

result<void> authenticate(step& s, call& c) {
    auto const token = token_of(c);
    if (!token) return missing_token();
    auto const session = find_session(s.db, *token);
    if (!session) return unknown_token("this access token is not known, or no longer");
    if (session->expires_at && *session->expires_at <= s.now) return expired_token();
    if (session->supersedes) confirm_refresh(s.db, *session->supersedes);
    c.user = protocol::user_id(session->user);
    c.device = session->device;
    // A call whose work comes in several parts pays once.
    auto const kind = std::exchange(c.kind, endpoint_class::unlimited);
    auto const bucket = session->user + " " + std::string(name_of(kind));
    if (auto const wait = s.server.buckets.take(bucket, limit_of(s.server.limits, kind), c.arrived)) return too_fast(*wait);
    return {};
}

http::response to_response(result<answer> said) {
    if (!said) return error_response(said.error());
    auto& given = said.value();
    given.write();
    http::response out(given.status);
    out.headers = std::move(given.headers);
    out.body = std::move(given.text);
    return out;
}

// Paths end in a slash where the specification says so, and where an empty state key is left out ("state/m.room.name/").
void drop_last_slash(http::request& r) {
    auto const path = r.path();
    if (path.size() > 1 && path.back() == '/') r.url.erase(path.size() - 1, 1);
}

}  // namespace

service::service(asio::any_io_executor executor, server_options const& given, base::store& data, std::shared_ptr<domain> of)
    : wakeups(std::move(executor)),
      typing(given.time_source->now()),
      content(make_content_store(given.store_path.empty() ? std::string() : given.store_path + "-media")),
      options(given),
      server(*of),
      store_(data),
      domain_(std::move(of)) {
    domain_->limits = given.limits;
}

asio::awaitable<http::response> service::serve(body_rule rule, coroutine does, call c) {
    if (c.kind == endpoint_class::logins) {
        if (auto const wait = logins_.take(c.request.http.remote, options.limits.logins, c.arrived))
            co_return error_response(too_fast(*wait));
    }
    auto read = read_body(c, rule);
    if (!read) co_return error_response(read.error());
    auto said = co_await does(std::move(c));
    co_return to_response(std::move(said));
}

void service::route(http::method verb, std::string_view pattern, http::router::function does) {
    if (pattern.starts_with("/_matrix") || pattern.starts_with("/.well-known")) {
        router_.add(verb, pattern, std::move(does));
        return;
    }
    for (std::string const prefix : {"/_matrix/client/v3", "/_matrix/client/r0"}) router_.add(verb, prefix + std::string(pattern), does);
}

void service::add(http::method verb, std::string_view pattern, access who, body_rule body, work does) {
    // Written out on the store's thread: a long page is no work for the loop.
    auto written = [does = std::move(does)](step& s, call& c) {
        auto said = does(s, c);
        if (said) said.value().write();
        return said;
    };
    add_coroutine(verb, pattern, body, [this, who, written = std::move(written)](call c) { return run(who, std::move(c), written); });
}

void service::add_coroutine(http::method verb, std::string_view pattern, body_rule body, coroutine does) {
    auto const kind = classify(verb, pattern);
    route(verb, pattern, [this, body, kind, does = std::move(does)](http::routed_request r) {
        call c(std::move(r));
        c.kind = kind;
        c.arrived = options.time_source->uptime();
        return serve(body, does, std::move(c));
    });
}

asio::awaitable<http::response> service::answer_to(http::request r) {
    http::response said;
    if (r.verb != http::method::options) {
        drop_last_slash(r);
        auto const otherwise = [](bool path_exists) { return error_response(unrecognized(path_exists)); };
        said = co_await router_.route(std::move(r), otherwise);
    }
    if (!said.headers.get("Content-Type")) said.headers.set("Content-Type", "application/json");
    add_cors(said);
    co_return said;
}

asio::awaitable<result<answer>> service::run(access who, call c, work does) {
    auto const shared = std::make_shared<call>(std::move(c));
    std::function<result<answer>(step&)> checked = [shared, who, does = std::move(does)](step& s) -> result<answer> {
        if (who == access::user || (who == access::guest && token_of(*shared))) {
            auto known = authenticate(s, *shared);
            if (!known) return known.error();
        }
        return does(s, *shared);
    };
    co_return co_await run(std::move(checked));
}

asio::awaitable<result<call>> service::identify(call c) {
    auto const shared = std::make_shared<call>(std::move(c));
    std::function<result<answer>(step&)> find = [shared](step& s) -> result<answer> {
        if (auto known = authenticate(s, *shared); !known) return known.error();
        return answer();
    };
    auto found = co_await run(std::move(find));
    if (!found) co_return found.error();
    co_return std::move(*shared);
}

asio::awaitable<result<answer>> service::run(std::function<result<answer>(step&)> does) {
    auto const now = options.time_source->now().time_since_epoch().count();
    auto closure = [of = domain_, now, does = std::move(does)](base::transaction& db) {
        step s(db, *of, now);
        auto said = does(s);
        if (!said) throw refused{said.error()};
        return outcome{std::move(said.value()), std::move(s.wakes)};
    };
    std::optional<error> why;
    try {
        auto done = co_await store_.write(std::move(closure));
        wakeups.wake(done.wakes);
        co_return std::move(done.said);
    } catch (refused const& refusal) {
        why = refusal.why;
    }
    co_return std::move(*why);
}

}  // namespace chatrixcd::homeserver

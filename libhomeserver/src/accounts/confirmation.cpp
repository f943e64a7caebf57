// SPDX-License-Identifier: Apache-2.0
#include "accounts/confirmation.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "accounts/registration.hpp"
#include "api/refusal.hpp"
#include "api/service.hpp"

namespace chatrixcd::homeserver {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr std::size_t session_length = 24;
constexpr std::string_view stage = "m.login.password";

// `why`: what was wrong with the attempt, if there was one.
answer ask(std::string const& session, std::optional<error> const& why) {
    json::object flow;
    flow["stages"] = json::array{stage};
    json::object body;
    body["flows"] = json::array{std::move(flow)};
    body["params"].emplace_object();
    body["completed"].emplace_array();
    body["session"] = session;
    if (why) {
        body["errcode"] = why->errcode();
        body["error"] = why->message();
    }
    return {401, std::move(body)};
}

// The session that the attempt names; a client that names none gets a new one.
result<std::string> session_of(service& in, json::object const& auth, confirmations::matter const& what, base::duration now) {
    auto const named = base::find_string(auth, "session");
    if (!named) return in.to_confirm.open(*in.options.random_source, what, now);
    auto const known = in.to_confirm.find(*named, now);
    if (!known) return bad_request("M_UNKNOWN", "this session is not known, or no longer: leave out auth to begin again");
    if (*known != what) return forbidden("this session was begun for something else");
    return *named;
}

}  // namespace

std::string confirmations::open(base::random& randomness, matter what, base::duration now) {
    std::erase_if(sessions_, [now](auto const& one) { return one.second.opened_at + lifetime <= now; });
    if (sessions_.size() >= most_sessions) sessions_.clear();
    auto id = randomness.token(session_length);
    sessions_.insert_or_assign(id, entry{std::move(what), now});
    return id;
}

std::optional<confirmations::matter> confirmations::find(std::string const& session, base::duration now) {
    auto const place = sessions_.find(session);
    if (place == sessions_.end() || place->second.opened_at + lifetime <= now) return std::nullopt;
    return place->second.what;
}

asio::awaitable<result<answer>> confirmed(service& in, call c, std::function<asio::awaitable<result<answer>>(call)> does) {
    auto identified = co_await in.identify(std::move(c));
    if (!identified) co_return identified.error();
    c = std::move(identified.value());
    auto const now = in.options.time_source->uptime();
    confirmations::matter what;
    what.user = c.user.str();
    what.operation = std::string(to_string(c.request.http.verb)) + " " + std::string(c.request.http.path());
    auto const* auth = base::find_object(c.body, "auth");
    if (auth == nullptr) co_return ask(in.to_confirm.open(*in.options.random_source, what, now), std::nullopt);
    auto session = session_of(in, *auth, what, now);
    if (!session) co_return session.error();
    if (base::find_string(*auth, "type") != stage) {
        co_return ask(session.value(), bad_request("M_UNRECOGNIZED", "the one stage here is m.login.password"));
    }
    auto user = read_identifier(in, *auth);
    if (!user) co_return user.error();
    auto given = base::find_string(*auth, "password");
    if (!given) co_return missing_param("the password is missing");
    auto right = co_await is_password_of(in, c.user.str(), base::secret(std::move(*given)));
    if (!right) co_return right.error();
    if (!right.value() || user.value() != c.user.str()) co_return ask(session.value(), forbidden("the user name or the password is wrong"));
    in.to_confirm.close(session.value());
    co_return co_await does(std::move(c));
}

}  // namespace chatrixcd::homeserver

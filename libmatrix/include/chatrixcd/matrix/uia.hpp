// SPDX-License-Identifier: Apache-2.0
// Requests that the homeserver wants confirmed by the account's owner (client-server API, "User-Interactive Authentication API"): removing
// devices, changing the password. What a program can answer it answers; the rest needs a person.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/fwd.hpp>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/matrix/ids.hpp>
#include <chatrixcd/matrix/raw_json.hpp>

namespace chatrixcd::matrix::uia {

// What the homeserver asks for. Foreign, hence untrusted.
struct challenge {
    std::string session;
    std::vector<std::vector<std::string>> flows;  // alternatives, each with its stages in order
    std::vector<std::string> completed;
    raw_json params;  // by stage
};

// Reads the body of a 401. Nothing if it asks for no stage. At most 20 flows of at most 20 stages are looked at.
std::optional<challenge> read_challenge(boost::json::object const& body);
// The stages of a flow that are not done yet, in order.
std::vector<std::string> left_of(challenge const& c, std::vector<std::string> const& flow);

// Where a person gives the answer to a stage that is given elsewhere (MSC4312, "m.oauth"): an http(s) URL, as the homeserver says; empty:
// it names none.
std::string address_of(challenge const& c, std::string const& stage);

// How one stage is answered: the members of "auth" beside "type" and "session".
using stage = std::function<boost::asio::awaitable<result<boost::json::object>>(challenge)>;

// What we can answer. By default: m.login.password with the password of the login (login::password()), and m.login.dummy.
// Not an aggregate on purpose: a braced temporary in a co_await statement is miscompiled by GCC 12.
class answers {
public:
    answers() = default;
    // That password for m.login.password.
    answers password(secret word) &&;
    // Another stage, e.g. "m.login.terms" or "m.login.sso" (a person is shown the fallback page, then the answer is empty). An error ends
    // the request.
    answers on(std::string type, stage how) &&;

    std::optional<secret> const& password() const noexcept { return password_; }
    stage const* find(std::string const& type) const;

private:
    std::optional<secret> password_;
    std::map<std::string, stage> stages_;
};

}  // namespace chatrixcd::matrix::uia

// SPDX-License-Identifier: Apache-2.0
#include "requests/confirm.hpp"

#include <algorithm>
#include <limits>

#include "client/runtime.hpp"
#include "http/answer.hpp"
#include "requests/exchange.hpp"
#include "requests/read.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr std::size_t most_flows = 20;
constexpr std::size_t most_stages = 20;
constexpr unsigned most_rounds = 30;

std::vector<std::string> stages_of(json::array const& from) {
    std::vector<std::string> found;
    for (auto const& item : from) {
        if (item.is_string() && found.size() < most_stages) found.emplace_back(item.get_string());
    }
    return found;
}

}  // namespace

namespace uia {

std::optional<challenge> read_challenge(json::object const& body) {
    auto const* flows = base::find_array(body, "flows");
    if (flows == nullptr) return std::nullopt;
    challenge found;
    for (auto const& item : *flows) {
        auto const* flow = item.if_object();
        auto const* stages = flow != nullptr ? base::find_array(*flow, "stages") : nullptr;
        if (stages != nullptr && found.flows.size() < most_flows) found.flows.push_back(stages_of(*stages));
    }
    if (found.flows.empty()) return std::nullopt;
    found.session = detail::text_of(body, "session");
    if (auto const* done = base::find_array(body, "completed")) found.completed = stages_of(*done);
    auto const* params = base::find_object(body, "params");
    found.params = detail::keep(params != nullptr ? *params : json::object());
    return found;
}

std::vector<std::string> left_of(challenge const& c, std::vector<std::string> const& flow) {
    std::vector<std::string> left;
    for (auto const& one : flow) {
        if (std::find(c.completed.begin(), c.completed.end(), one) == c.completed.end()) left.push_back(one);
    }
    return left;
}

std::string address_of(challenge const& c, std::string const& type) {
    auto const* of_stage = c.params ? base::find_object(*c.params, type) : nullptr;
    auto const url = of_stage == nullptr ? std::nullopt : base::find_string(*of_stage, "url");
    return url && (url->starts_with("https://") || url->starts_with("http://")) ? *url : std::string();
}

answers answers::password(secret word) && {
    password_ = std::move(word);
    return std::move(*this);
}

answers answers::on(std::string type, stage how) && {
    stages_[std::move(type)] = std::move(how);
    return std::move(*this);
}

stage const* answers::find(std::string const& type) const {
    auto const found = stages_.find(type);
    return found == stages_.end() ? nullptr : &found->second;
}

}  // namespace uia

namespace detail {

namespace {

constexpr char const* password_stage = "m.login.password";
constexpr char const* dummy_stage = "m.login.dummy";

// The answers that we have, the login's own password among them.
class responder {
public:
    responder(runtime& of, uia::answers with) : user_(of.user), with_(std::move(with)), password_(with_.password()) {
        if (!password_) password_ = of.session().password();
    }

    bool can(std::string const& type) const {
        return with_.find(type) != nullptr || type == dummy_stage || (type == password_stage && password_);
    }

    // The next stage of the shortest flow that we can answer to its end; empty if there is none.
    std::string choose(uia::challenge const& c) const {
        std::string next;
        auto shortest = std::numeric_limits<std::size_t>::max();
        for (auto const& flow : c.flows) {
            auto const left = left_of(c, flow);
            bool const possible = std::all_of(left.begin(), left.end(), [this](auto const& type) { return can(type); });
            if (left.empty() || !possible || left.size() >= shortest) continue;
            shortest = left.size();
            next = left.front();
        }
        return next;
    }

    asio::awaitable<result<json::object>> answer(std::string type, uia::challenge c) const {
        json::object auth;
        if (auto const* own = with_.find(type)) {
            auto said = co_await (*own)(c);
            if (!said) co_return said.error();
            auth = std::move(*said);
        } else if (type == password_stage) {
            json::object who;
            who["type"] = "m.id.user";
            who["user"] = user_.str();
            auth["identifier"] = std::move(who);
            auth["password"] = password_->reveal();
        }
        auth["type"] = type;
        if (!c.session.empty()) auth["session"] = c.session;
        co_return auth;
    }

private:
    user_id user_;
    uia::answers with_;
    std::optional<secret> password_;
};

error unanswered(call const& what, uia::challenge const& c) {
    std::string ways;
    std::string address;
    for (auto const& flow : c.flows) {
        std::string stages;
        for (auto const& type : left_of(c, flow)) {
            stages += (stages.empty() ? "" : " + ") + type;
            if (address.empty()) address = uia::address_of(c, type);
        }
        if (stages.empty()) continue;
        ways += (ways.empty() ? "" : ", or ") + stages;
    }
    return error(error_kind::unauthorized, what.name() + " has to be confirmed by " + (ways.empty() ? "nothing that is named" : ways))
        .with_status(401)
        .with_server_text(address)
        .with_hint("Give a password or an answer for these stages, or do it in a client of your own");
}

error not_taken(call const& what, std::string const& type, json::object const& body) {
    return error(error_kind::forbidden, what.name() + " was not confirmed: " + type + " was refused")
        .with_status(401)
        .with_errcode(text_of(body, "errcode"))
        .with_server_text(text_of(body, "error"));
}

}  // namespace

asio::awaitable<result<void>> confirm(runtime& of, feature which, call what, json::object body, uia::answers with) {
    if (auto const ready = of.ready(); !ready) co_return ready.error();
    if (of.features().is_missing(which, of.uptime())) co_return unsupported(which);
    responder const ours(of, std::move(with));
    std::string tried;
    for (unsigned round = 0; round < most_rounds; ++round) {
        auto const response = co_await exchange(of, call(what).body(body));
        if (!response) co_return response.error();
        if (response->status != 401) {
            auto const answer = read_answer(*response, what.name());
            if (answer) co_return result<void>();
            if (!is_unknown_endpoint(answer.error())) co_return answer.error();
            of.features().miss(which, answer.error(), of.uptime());
            co_return unsupported(which);
        }
        auto const said = base::parse_json_object(response->body);
        if (!said) co_return incomplete(what.name() + " was not answered with a JSON object");
        auto const asked = uia::read_challenge(*said);
        if (!asked) co_return incomplete(what.name() + " has to be confirmed in no way that is named");
        if (!tried.empty() && !text_of(*said, "errcode").empty()) co_return not_taken(what, tried, *said);
        tried = ours.choose(*asked);
        if (tried.empty()) co_return unanswered(what, *asked);
        auto auth = co_await ours.answer(tried, *asked);
        if (!auth) co_return auth.error();
        body["auth"] = std::move(*auth);
    }
    co_return incomplete(what.name() + " is never confirmed enough for the homeserver");
}

}  // namespace detail
}  // namespace chatrixcd::matrix

// SPDX-License-Identifier: Apache-2.0
#include "session/session.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "crypto/keys/own_device.hpp"
#include "http/answer.hpp"
#include "session/discovery.hpp"
#include "session/turn.hpp"
#include "state/shield.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;
using base::error;
using base::error_kind;
using base::result;

namespace {

constexpr unsigned start_attempts = 5;
// What a homeserver may say of a token's life, so that times can be added.
constexpr base::duration longest_life = std::chrono::hours(24 * 365);

error unreachable(std::string const& homeserver, error const& why) {
    std::string hint = why.hint().empty() ? "Check its name, and whether it runs" : why.hint();
    // What speaks TLS often hangs up on plain HTTP without a word.
    bool const wordless = why.kind() == error_kind::timeout_unknown && why.http_status() == 0;
    if (wordless && homeserver.starts_with("http://")) hint += "; a port that speaks TLS wants https://";
    return error(why.kind(), "the homeserver " + homeserver + " cannot be reached: " + why.message())
        .with_status(why.http_status())
        .with_errcode(why.errcode())
        .with_server_text(why.server_text())
        .with_hint(std::move(hint));
}

// Nothing but a person can give another one.
error about_given_token(error const& why) {
    if (why.kind() != error_kind::unauthorized) return why;
    return error(why.kind(), "the homeserver refuses the access token")
        .with_status(why.http_status())
        .with_errcode(why.errcode())
        .with_server_text(why.server_text())
        .with_hint("Make a new access token, at this homeserver");
}

}  // namespace

session::session(services& with, base::http::transport& transport, std::string homeserver, std::string device_name)
    : with_(&with),
      transport_(&transport),
      homeserver_(std::move(homeserver)),
      device_name_(std::move(device_name)),
      free_(with.executor),
      refresh_wait_(with.random, std::chrono::seconds(1)),
      renewal_wait_(with.random, std::chrono::seconds(1)),
      log_(with.log.named("session")) {}

asio::awaitable<result<void>> session::open(std::shared_ptr<token_source> tokens) {
    tokens_ = std::move(tokens);
    auto const account = with_->account;
    auto load = [account](base::transaction& t) { return load_account(t, account); };
    auto stored = co_await with_->store.write(std::move(load));
    owner_ = stored.user;
    if (auto const allowed = check_owner(tokens_->account()); !allowed) co_return allowed.error();

    current_.user = stored.user;
    current_.device = stored.device;
    current_.access_token = stored.access_token;
    current_.refresh_token = stored.refresh_token;
    plan_refresh(stored.expires);
    backoff wait(with_->random);
    std::string told;
    for (unsigned attempt = 1;; ++attempt) {
        auto opened = co_await locate(stored.homeserver, stored.base_url);
        if (opened) {
            turn const mine(*this);
            if (current_.access_token.empty()) {
                opened = co_await log_in(/*may_refresh=*/false);
            } else {
                opened = co_await restore();
            }
        }
        // What is no Matrix homeserver does not become one by being asked again.
        bool const final = opened || opened.error().kind() == error_kind::protocol || !may_repeat(opened.error(), /*repeatable=*/true);
        if (final) co_return opened;
        if (attempt == start_attempts) co_return unreachable(homeserver_, opened.error());
        // Once is enough: how it ends is said by whoever asked.
        std::string why = opened.error().describe();
        if (why != told) {
            log_.warning("the homeserver could not be reached, trying again", {{"why", why}});
        } else {
            log_.debug("the homeserver could still not be reached, trying again");
        }
        told = std::move(why);
        auto const delay = wait.next(opened.error().retry_after());
        co_await with_->time.sleep(delay);
    }
}

// Where the well-known file cannot be read, the homeserver that it named the last time is good enough.
asio::awaitable<result<void>> session::locate(std::string stored_for, std::string stored_url) {
    auto found = co_await find_homeserver(*transport_, homeserver_);
    if (found) {
        base_url_ = found->url;
        features_ = std::move(found->features);
        if (stored_for == homeserver_ && stored_url == base_url_) co_return result<void>();
        auto save = [account = with_->account, name = homeserver_, url = base_url_](base::transaction& t) {
            save_base_url(t, account, name, url);
        };
        co_return co_await keep(std::move(save));
    }
    bool const by_name = homeserver_.find("://") == std::string::npos;
    if (!by_name || stored_url.empty() || stored_for != homeserver_ || !may_repeat(found.error(), /*repeatable=*/true)) {
        co_return found.error();
    }
    base_url_ = stored_url;
    co_return result<void>();
}

asio::awaitable<void> session::relocate() {
    if (homeserver_.find("://") != std::string::npos) co_return;
    auto const found = co_await find_homeserver(*transport_, homeserver_);
    if (!found || found->url == base_url_) co_return;
    log_.warning("the homeserver has moved", {{"from", base_url_}, {"to", found->url}});
    base_url_ = found->url;
    features_ = found->features;
    auto save = [account = with_->account, name = homeserver_, url = base_url_](base::transaction& t) {
        save_base_url(t, account, name, url);
    };
    try {
        co_await keep(std::move(save));
    } catch (base::store_error const& e) {
        with_->health.failed(e);
    }
}

// What the store has may be stale, or copied from another client: the homeserver says whose token it is.
asio::awaitable<result<void>> session::restore() {
    grant stored = current_;
    auto const known = co_await identify(stored);
    if (!known && known.error().kind() == error_kind::unauthorized) {
        log_.warning("the stored access token is refused, logging in again", {{"same_device", device_lives_}});
        co_return co_await replace_token(device_lives_);
    }
    if (!known) co_return known.error();
    if (stored.device != current_.device) {
        co_return error(error_kind::conflict,
                        "the stored access token belongs to the device " + stored.device.str() + ", not to " + current_.device.str())
            .with_hint("Use a new store folder");
    }
    co_return result<void>();
}

asio::awaitable<result<void>> session::keep(std::function<void(base::transaction&)> work) {
    if (closed_) co_return error(error_kind::unavailable, "the Matrix client does not run");
    co_await with_->store.write(std::move(work));
    co_return result<void>();
}

asio::awaitable<result<void>> session::plan_device() {
    current_.device = device_id("CD" + with_->random.token(10));
    is_planned_ = true;
    current_.access_token = secret();
    current_.refresh_token.reset();
    auto save = [account = with_->account, device = current_.device](base::transaction& t) { save_device(t, account, device); };
    co_return co_await keep(std::move(save));
}

// A login ends the older tokens of its device for good, though its answer may be lost: what the homeserver says of them then is not said of
// the device, which would be given up for nothing.
asio::awaitable<void> session::forget_token() {
    if (current_.access_token.empty()) co_return;
    current_.access_token = secret();
    current_.refresh_token.reset();
    refresh_at_.reset();
    auto forget = [account = with_->account](base::transaction& t) { forget_tokens(t, account); };
    try {
        co_await keep(std::move(forget));
    } catch (base::store_error const& e) {
        with_->health.failed(e);
    }
}

asio::awaitable<result<grant>> session::obtain(bool may_refresh) {
    if (may_refresh && current_.refresh_token) {
        auto refreshed = co_await tokens_->refresh(context(), current_);
        bool const ask_anew =
            !refreshed && (refreshed.error().kind() == error_kind::unsupported || refreshed.error().kind() == error_kind::unauthorized);
        // A refresh that names no new refresh token leaves the old one in use.
        if (refreshed && !refreshed->refresh_token) refreshed->refresh_token = current_.refresh_token;
        if (!ask_anew) co_return refreshed;
    }
    co_await forget_token();
    co_return co_await tokens_->acquire(context());
}

// Called by whoever has the turn.
asio::awaitable<result<void>> session::log_in(bool may_refresh) {
    if (current_.device.empty()) {
        auto const planned = co_await plan_device();
        if (!planned) co_return planned.error();
    }
    auto given = co_await obtain(may_refresh);
    if (!given) co_return given.error();
    if (given->access_token.empty()) co_return error(error_kind::protocol, "the login gave no access token");

    if (given->access_token.reveal() == refused_.reveal()) {
        co_return error(error_kind::unauthorized, "the access token is not valid any more").with_hint("Make a new access token");
    }
    // A cancellation must not lose the token: the homeserver may have forgotten the old one.
    co_return co_await shielded(adopt(std::move(*given)));
}

asio::awaitable<result<void>> session::adopt(grant given) {
    if (given.user.empty() || given.device.empty()) {
        auto const known = co_await identify(given);
        if (!known) co_return about_given_token(known.error());
    }
    if (auto const allowed = check_owner(given.user); !allowed) co_return allowed.error();
    auto const meant = tokens_->account();
    if (!meant.empty() && meant != given.user) {
        co_return error(error_kind::forbidden, "the access token belongs to " + given.user.str() + ", not to " + meant.str())
            .with_hint("Make an access token of that account, or name the other one");
    }
    std::optional<base::time_point> expires;
    if (given.lifetime) expires = with_->time.now() + std::min(*given.lifetime, longest_life);
    auto save = [account = with_->account, given, expires](base::transaction& t) { save_grant(t, account, given, expires); };
    auto const kept = co_await keep(std::move(save));
    if (!kept) co_return kept.error();
    bool const is_refresh = !std::exchange(is_planned_, false) && current_.device == given.device;
    current_ = std::move(given);
    plan_refresh(expires);
    owner_ = current_.user;
    log_.info(is_refresh ? "the access token was replaced" : "logged in",
              {{"user", current_.user.str()}, {"device", current_.device.str()}});
    co_return result<void>();
}

// Fills in whose token it is.
asio::awaitable<result<void>> session::identify(grant& given) {
    base::http::request request(base::http::method::get, base_url_ + "/_matrix/client/v3/account/whoami");
    std::move(request).with_bearer(given.access_token.reveal());
    auto const response = co_await transport_->send(std::move(request));
    if (!response) co_return response.error();
    auto const answer = read_answer(*response, "asking whose access token this is");
    if (!answer) {
        device_lives_ = is_soft_logout(*response);
        co_return answer.error();
    }
    auto user = user_id::parse(base::find_string(*answer, "user_id").value_or(std::string()));
    if (!user) co_return error(error_kind::protocol, "the homeserver does not say whose access token this is");
    if (!owner_.empty() && owner_ != *user) co_return check_owner(*user).error();
    given.user = std::move(*user);
    // Old homeservers do not name the device; then the one we have stays.
    auto device = device_id::parse(base::find_string(*answer, "device_id").value_or(std::string()));
    if (device) given.device = std::move(*device);
    if (given.device.empty()) given.device = current_.device;
    co_return result<void>();
}

result<void> session::check_owner(user_id const& user) const {
    if (user.empty() || owner_.empty() || user == owner_) return {};
    return error(error_kind::conflict, "the store belongs to " + owner_.str() + ", not to " + user.str())
        .with_hint("Use another store folder for this account");
}

std::optional<secret> session::password() const {
    if (!tokens_) return std::nullopt;
    return tokens_->password();
}

login_context session::context() const { return login_context(*transport_, base_url_, current_.device, device_name_); }

asio::awaitable<result<void>> session::log_out() {
    auto revoked = co_await tokens_->revoke(context(), current_);
    if (!revoked && revoked.error().kind() != error_kind::unauthorized) co_return revoked.error();
    current_.access_token = secret();
    auto forget = [account = with_->account](base::transaction& t) {
        forget_tokens(t, account);
        // The homeserver has forgotten the device, and its keys with it.
        crypto::forget_device(t, account);
    };
    co_return co_await keep(std::move(forget));
}

}  // namespace chatrixcd::matrix::detail

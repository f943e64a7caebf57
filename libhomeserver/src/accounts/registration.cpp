// SPDX-License-Identifier: Apache-2.0
#include "accounts/registration.hpp"

#include <array>
#include <memory>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/worker_pool.hpp>

#include "accounts/password.hpp"
#include "api/refusal.hpp"
#include "store/accounts.hpp"

namespace chatrixcd::homeserver {

namespace asio = boost::asio;

namespace {

constexpr std::size_t token_length = 32;
constexpr std::size_t device_id_length = 10;

}  // namespace

result<protocol::user_id> new_user_id(service const& in, std::string const& localpart) {
    auto user = protocol::user_id::parse("@" + localpart + ":" + in.server.name.str());
    if (user && user.value().is_compliant() && user.value().localpart() == localpart) return user;
    return bad_request("M_INVALID_USERNAME", "a user name is made of a-z, 0-9 and . _ = - / +");
}

result<device_wish> device_wish::read(boost::json::object const& body) {
    device_wish wish;
    base::json_reader reader(body, "request");
    reader.optional("device_id", wish.id).optional("initial_device_display_name", wish.display_name);
    reader.optional("refresh_token", wish.refresh);
    if (auto read = reader.finish(); !read) return bad_json(read.error().message());
    if (wish.id && !protocol::device_id::parse(*wish.id)) return invalid_param("device_id is too long, or empty");
    return wish;
}

session_tokens draw_tokens(service const& in, bool refresh) {
    auto& random = *in.options.random_source;
    session_tokens tokens;
    tokens.access = random.token(token_length);
    if (!refresh) return tokens;
    tokens.refresh = random.token(token_length);
    tokens.expires_at = (in.options.time_source->now() + in.options.access_token_lifetime).time_since_epoch().count();
    return tokens;
}

asio::awaitable<result<std::string>> hash_off_loop(service& in, base::secret password) {
    if (password.empty()) co_return bad_request("M_WEAK_PASSWORD", "the password is empty");
    std::array<std::byte, salt_bytes> salt{};
    in.options.random_source->fill(salt);
    auto hash = [password = std::move(password), salt, cost = in.options.password_cost] { return hash_password(password, salt, cost); };
    co_return co_await base::offload(*in.options.workers, std::move(hash));
}

asio::awaitable<result<bool>> is_password_of(service& in, std::string user, base::secret password) {
    auto const stored = std::make_shared<std::string>();
    std::function<result<answer>(step&)> find = [user = std::move(user), stored](step& s) {
        if (auto const found = find_account(s.db, user)) *stored = found->password;
        return result<answer>(answer());
    };
    auto found = co_await in.run(std::move(find));
    if (!found) co_return found.error();
    auto check = [password = std::move(password), stored, cost = in.options.password_cost] {
        if (!stored->empty()) return check_password(password, *stored);
        // The same work, so that the time does not tell.
        constexpr std::array<std::byte, salt_bytes> salt{};
        hash_password(password, salt, cost);
        return false;
    };
    co_return co_await base::offload(*in.options.workers, std::move(check));
}

result<std::string> read_identifier(service const& in, boost::json::object const& body) {
    auto name = base::find_string(body, "user");
    if (auto const* identifier = base::find_object(body, "identifier")) {
        if (base::find_string(*identifier, "type") != "m.id.user") return bad_request("M_UNKNOWN", "only identifiers m.id.user are known");
        name = base::find_string(*identifier, "user");
    }
    if (!name) return missing_param("the user is missing");
    if (name->starts_with('@')) return std::move(*name);
    return "@" + *name + ":" + in.server.name.str();
}

asio::awaitable<result<protocol::user_id>> make_account(service& in, std::string localpart, base::secret password) {
    auto user = new_user_id(in, localpart);
    if (!user) co_return user.error();
    auto hashed = co_await hash_off_loop(in, std::move(password));
    if (!hashed) co_return hashed.error();
    std::function<result<answer>(step&)> insert = [name = user.value().str(), hash = std::move(hashed.value())](step& s) -> result<answer> {
        if (insert_account(s.db, name, hash, s.now)) return answer();
        return error(error_kind::conflict, "this user name is taken").with_status(400).with_errcode("M_USER_IN_USE");
    };
    auto inserted = co_await in.run(std::move(insert));
    if (!inserted) co_return inserted.error();
    co_return std::move(user.value());
}

asio::awaitable<result<opened_session>> make_session(service& in, protocol::user_id user, device_wish wish) {
    opened_session opened;
    opened.tokens = draw_tokens(in, wish.refresh);
    opened.made.user = std::move(user);
    opened.made.device = protocol::device_id(wish.id ? std::move(*wish.id) : in.options.random_source->token(device_id_length));
    opened.made.access_token = base::secret(opened.tokens.access);
    std::function<result<answer>(step&)> open = [opened, name = std::move(wish.display_name)](step& s) {
        open_session(s.db, opened.made.user.str(), {opened.made.device.str(), name, s.now}, opened.tokens);
        // A long poll of the device's earlier session ends.
        s.wake(opened.made.user.str());
        return result<answer>(answer());
    };
    auto done = co_await in.run(std::move(open));
    if (!done) co_return done.error();
    co_return opened;
}

}  // namespace chatrixcd::homeserver

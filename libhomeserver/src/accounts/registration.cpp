// SPDX-License-Identifier: Apache-2.0
#include "accounts/registration.hpp"

#include <array>
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
    if (auto read = reader.finish(); !read) return bad_json(read.error().message());
    if (wish.id && !protocol::device_id::parse(*wish.id)) return invalid_param("device_id is too long, or empty");
    return wish;
}

asio::awaitable<result<protocol::user_id>> make_account(service& in, std::string localpart, base::secret password) {
    auto user = new_user_id(in, localpart);
    if (!user) co_return user.error();
    if (password.empty()) co_return bad_request("M_WEAK_PASSWORD", "the password is empty");
    std::array<std::byte, salt_bytes> salt{};
    in.options.random_source->fill(salt);
    auto hash = [password = std::move(password), salt, cost = in.options.password_cost] { return hash_password(password, salt, cost); };
    auto hashed = co_await base::offload(*in.options.workers, std::move(hash));
    std::function<result<answer>(step&)> insert = [name = user.value().str(), hashed = std::move(hashed)](step& s) -> result<answer> {
        if (insert_account(s.db, name, hashed, s.now)) return answer();
        return error(error_kind::conflict, "this user name is taken").with_status(400).with_errcode("M_USER_IN_USE");
    };
    auto inserted = co_await in.run(std::move(insert));
    if (!inserted) co_return inserted.error();
    co_return std::move(user.value());
}

asio::awaitable<result<registered>> make_session(service& in, protocol::user_id user, device_wish wish) {
    auto& random = *in.options.random_source;
    registered made;
    made.user = std::move(user);
    made.device = protocol::device_id(wish.id ? std::move(*wish.id) : random.token(device_id_length));
    made.access_token = base::secret(random.token(token_length));
    std::function<result<answer>(step&)> open = [made, name = std::move(wish.display_name)](step& s) {
        open_session(s.db, made.user.str(), {made.device.str(), name, s.now}, made.access_token.reveal());
        // A long poll of the device's earlier session ends.
        s.wake(made.user.str());
        return result<answer>(answer());
    };
    auto opened = co_await in.run(std::move(open));
    if (!opened) co_return opened.error();
    co_return made;
}

}  // namespace chatrixcd::homeserver

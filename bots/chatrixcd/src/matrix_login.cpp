// SPDX-License-Identifier: Apache-2.0
#include "matrix_login.hpp"

#include <chatrixcd/matrix/login.hpp>
#include <utility>

#include "config/secrets.hpp"

namespace chatrixcd::bot {

boost::asio::awaitable<base::result<std::shared_ptr<matrix::token_source>>> make_tokens(boost::asio::any_io_executor executor,
                                                                                        matrix_config settings, environment variables) {
    auto user = matrix::user_id::parse(settings.user_id);
    if (!user) co_return base::error(base::error_kind::invalid, "matrix.user_id: " + user.error().message());
    if (settings.access_token.from != secret_source::kind::none) {
        auto token = co_await read_secret(executor, settings.access_token, "matrix.access_token", variables);
        if (!token) co_return token.error();
        co_return matrix::login::token(std::move(*token), std::move(*user));
    }
    auto password = co_await read_secret(executor, settings.password, "matrix.password", variables);
    if (!password) co_return password.error();
    co_return matrix::login::password(std::move(*user), std::move(*password));
}

}  // namespace chatrixcd::bot

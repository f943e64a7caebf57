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

boost::asio::awaitable<base::result<std::optional<matrix::recovery_key>>> read_recovery_key(boost::asio::any_io_executor executor,
                                                                                            matrix_config settings, environment variables) {
    std::optional<matrix::recovery_key> none;
    if (settings.encryption != "on" || settings.recovery_key.from == secret_source::kind::none) co_return none;
    auto const text = co_await read_secret(executor, settings.recovery_key, "matrix.recovery_key", std::move(variables));
    if (!text) co_return text.error();
    auto key = matrix::recovery_key::parse(*text);
    if (!key)
        co_return base::error(base::error_kind::invalid, "matrix.recovery_key: " + key.error().message()).with_hint(key.error().hint());
    co_return std::optional<matrix::recovery_key>(std::move(*key));
}

}  // namespace chatrixcd::bot

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/matrix/recovery_key.hpp>
#include <chatrixcd/matrix/token_source.hpp>

#include "config/config.hpp"
#include "config/loader.hpp"

namespace chatrixcd::bot {

// How the configuration says to log in. Error kind `invalid`: a secret cannot be read, or the user's id is none.
boost::asio::awaitable<base::result<std::shared_ptr<matrix::token_source>>> make_tokens(boost::asio::any_io_executor executor,
                                                                                        matrix_config settings, environment variables);

// Nothing: there is none, or no encryption. Error kind `invalid`: it cannot be read, or is no recovery key.
boost::asio::awaitable<base::result<std::optional<matrix::recovery_key>>> read_recovery_key(boost::asio::any_io_executor executor,
                                                                                            matrix_config settings, environment variables);

}  // namespace chatrixcd::bot

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/store_key.hpp>

#include "config/config.hpp"
#include "config/loader.hpp"

namespace chatrixcd::bot {

// The key of all databases of the bot: matrix.store_key, or the file `store.key` among them. Error kind `invalid`: it cannot be read, or
// is no key.
boost::asio::awaitable<base::result<base::store_key_source>> read_store_key(boost::asio::any_io_executor executor, matrix_config settings,
                                                                            environment variables);

}  // namespace chatrixcd::bot

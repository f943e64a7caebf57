// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <string>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/secret.hpp>

#include "config/config.hpp"
#include "config/loader.hpp"

namespace chatrixcd::bot {

// Reads a secret from where the configuration says. `key_path` names it in errors ("matrix.password"); the value never does.
// Every error has the kind `invalid`: the configuration names something that is not there, and starting again cannot help.
boost::asio::awaitable<base::result<base::secret>> read_secret(boost::asio::any_io_executor executor, secret_source source,
                                                               std::string key_path, environment variables);

// Reads the tokens of all CI servers; afterwards each stands in the configuration itself.
boost::asio::awaitable<base::result<void>> read_tokens(boost::asio::any_io_executor executor, config& of, environment variables);

// How `check` names it: "from the file /etc/…", never the value.
std::string describe(secret_source const& source);

}  // namespace chatrixcd::bot

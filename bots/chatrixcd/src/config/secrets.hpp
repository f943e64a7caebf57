// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/secret.hpp>

#include "config/config.hpp"
#include "config/loader.hpp"

namespace chatrixcd::bot {

// Reads a secret from where the configuration says. `key_path` names it in errors ("matrix.password"); the value never does.
// Every error has the kind `invalid`: the configuration names something that is not there, and starting again cannot help.
boost::asio::awaitable<base::result<base::secret>> read_secret(boost::asio::any_io_executor executor, secret_source source,
                                                               std::string key_path, environment variables);

// A secret of a CI server, with what errors call it.
struct server_secret {
    std::string name;
    secret_source* source;
};
// Those that the server has or must have.
std::vector<server_secret> secrets_of(ci_config& server);

// Reads the secrets of all CI servers; afterwards each stands in the configuration itself.
boost::asio::awaitable<base::result<void>> read_server_secrets(boost::asio::any_io_executor executor, config& of, environment variables);

// How `check` names it: "from the file /etc/…", never the value.
std::string describe(secret_source const& source);

}  // namespace chatrixcd::bot

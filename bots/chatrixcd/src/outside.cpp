// SPDX-License-Identifier: Apache-2.0
#include "outside.hpp"

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <string>
#include <utility>

#include "version.hpp"

namespace chatrixcd::bot {

outside::outside(config const& settings, environment const& variables, std::shared_ptr<base::log_sink> log, base::log_level least)
    : loop_(1), time_(base::make_system_clock()), entropy_(base::make_system_random()) {
    if (log) log_ = base::logger(std::move(log), *time_, least);
    http_.user_agent = std::string("chatrixcd/") + version;
    http_.proxy = base::http::proxy_settings::from_environment(variables).value();
    auto to_homeserver = http_;
    to_homeserver.ca_file = settings.matrix.ca_file;
    to_homeserver.certificate_file = settings.matrix.client_certificate;
    to_homeserver.key_file = settings.matrix.client_key;
    network_ = base::http::make_client(loop_.get_executor(), std::move(to_homeserver), log_.named("http"));
}

surroundings outside::around() {
    surroundings made(loop_.get_executor(), *time_, *entropy_, *network_, log_);
    made.http = http_;
    return made;
}

void outside::run(boost::asio::awaitable<void> work) {
    std::exception_ptr failure;
    boost::asio::co_spawn(loop_, std::move(work), [&failure](std::exception_ptr e) { failure = e; });
    loop_.run();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace chatrixcd::bot

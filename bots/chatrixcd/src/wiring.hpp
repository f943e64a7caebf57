// SPDX-License-Identifier: Apache-2.0
// Puts the parts together: a Matrix account, the CI servers of the configuration, and the engine between them. The only place that knows
// them all.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/http_client.hpp>
#include <chatrixcd/base/log.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/store.hpp>
#include <chatrixcd/base/store_key.hpp>
#include <chatrixcd/chatops/chat/service.hpp>
#include <chatrixcd/matrix/options.hpp>
#include <chatrixcd/matrix/recovery_key.hpp>
#include <chatrixcd/matrix/token_source.hpp>

#include "config/config.hpp"

namespace chatrixcd::bot {

// What the program hands in; everything outlives the bot.
class surroundings {
public:
    surroundings(boost::asio::any_io_executor on, base::clock& its_time, base::random& its_entropy, base::http::transport& its_network,
                 base::logger its_log)
        : executor(std::move(on)), time(&its_time), entropy(&its_entropy), network(&its_network), log(std::move(its_log)) {}
    boost::asio::any_io_executor executor;
    base::clock* time;
    base::random* entropy;
    base::http::transport* network;
    base::logger log;
    base::http::client_options http;  // proxies and name towards servers other than the homeserver
    std::function<std::unique_ptr<base::store_runner>()> make_runner = base::make_store_thread;  // of each database
};

// An account as the configuration wants it.
matrix::options matrix_options(surroundings const& around, matrix_config const& settings);

class running_bot {
public:
    // On Matrix, as the account of the configuration.
    running_bot(surroundings around, config settings, std::shared_ptr<matrix::token_source> tokens,
                std::optional<matrix::recovery_key> recovery, base::store_key_source store_key);
    // On another chat alone, which outlives the bot.
    running_bot(surroundings around, config settings, chatops::chat::service& chat, base::store_key_source store_key);
    ~running_bot();
    running_bot(running_bot const&) = delete;
    running_bot& operator=(running_bot const&) = delete;

    // Locks the store, logs in, takes up what the last process left. Errors are for exit_code_of().
    boost::asio::awaitable<base::result<void>> start();
    // Works until request_stop(), or until it cannot any more.
    boost::asio::awaitable<base::result<void>> run();
    void request_stop();
    // Also after a failed start; awaited before destruction.
    boost::asio::awaitable<void> stop();
    // Whether a run is still followed.
    bool has_open_runs() const;

private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace chatrixcd::bot

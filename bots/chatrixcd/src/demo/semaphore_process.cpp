// SPDX-License-Identifier: Apache-2.0
#include "demo/semaphore_process.hpp"

#include <chatrixcd/base/files.hpp>
#include <exception>
#include <utility>

namespace chatrixcd::bot {

using boost::asio::awaitable;

namespace {

constexpr std::size_t token_length = 32;
constexpr std::string_view ready = "ready ";

}  // namespace

semaphore_process::semaphore_process(boost::asio::any_io_executor executor, base::random& entropy, std::string const& folder)
    : executor_(executor),
      entropy_(&entropy),
      token_file_(folder + "/semaphore.token"),
      draining_(std::move(executor), [](std::exception_ptr) {}) {}

awaitable<base::result<std::string>> semaphore_process::start(std::vector<std::pair<std::string, std::string>> variables) {
    auto const written = base::write_file(token_file_, entropy_->token(token_length));
    if (!written) co_return written.error();
    base::process_spec spec;
    spec.argv = {"/proc/self/exe", "semaphore-double", "--listen", "127.0.0.1:0", "--token-file", token_file_};
    spec.environment = std::move(variables);
    auto started = co_await base::spawn(executor_, std::move(spec));
    if (!started) co_return started.error();
    running_ = std::move(*started);
    std::string said;
    while (said.find('\n') == std::string::npos) {
        auto const event = co_await running_->next();
        auto const* piece = std::get_if<base::process_output>(&event);
        if (piece == nullptr) {
            running_.reset();
            co_return base::error(base::error_kind::internal, "the stand-in for a Semaphore ended at once: " + said);
        }
        said += piece->bytes;
    }
    auto const line = said.substr(0, said.find('\n'));
    if (!line.starts_with(ready)) co_return base::error(base::error_kind::internal, "the stand-in for a Semaphore says: " + line);
    draining_.spawn(drain());
    co_return line.substr(ready.size());
}

// What it says later is not for this room.
awaitable<void> semaphore_process::drain() {
    for (;;) {
        auto const event = co_await running_->next();
        if (std::holds_alternative<base::process_exit>(event)) co_return;
    }
}

awaitable<void> semaphore_process::stop() {
    if (running_) running_->kill();
    co_await draining_.join();
    running_.reset();
}

}  // namespace chatrixcd::bot

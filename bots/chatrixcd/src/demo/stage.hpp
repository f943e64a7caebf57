// SPDX-License-Identifier: Apache-2.0
// What every form of the demo stands on: the folder, the homeserver, the bot's process and the person's client.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/task_group.hpp>

#include "config/loader.hpp"
#include "demo/bot_process.hpp"
#include "demo/local_homeserver.hpp"
#include "demo/sample_ci.hpp"
#include "demo/semaphore_process.hpp"
#include "demo/visitor.hpp"

namespace chatrixcd::bot {

class stage {
public:
    stage(boost::asio::any_io_executor executor, std::string folder, environment variables, sample_ci runs);
    ~stage();
    stage(stage const&) = delete;
    stage& operator=(stage const&) = delete;

    // Called with what happens to the bot's process.
    void on_note(std::function<void(std::string)> told) { told_ = std::move(told); }
    // Raises everything; returns when the bot is in the room. Errors: environment (folder, port), and a bot that does not come.
    boost::asio::awaitable<base::result<void>> raise(std::uint16_t port);
    // In order: the bot, the person, the homeserver, the Semaphore. Also after a failed raise().
    boost::asio::awaitable<void> strike();

    visitor& person() { return *person_; }
    bot_process& bot() { return *bot_; }
    local_homeserver& homeserver() { return homeserver_; }
    // Person's Matrix id, password and recovery key: to log in with another client, and to read the room with it.
    std::string person_id() const { return "@you:" + homeserver_.name(); }
    base::secret const& person_password() const noexcept { return person_password_; }
    base::secret const& person_recovery() const noexcept { return person_recovery_; }
    std::string log_file() const { return folder_ + "/bot.log"; }
    std::string history_file() const { return folder_ + "/history"; }
    base::clock& time() { return *time_; }
    sample_ci runs() const noexcept { return runs_; }

private:
    boost::asio::awaitable<base::result<void>> write_config(matrix::room_id room);
    base::process_spec bot_command() const;
    std::vector<std::pair<std::string, std::string>> few_variables() const;

    boost::asio::any_io_executor executor_;
    std::string folder_;
    environment variables_;
    sample_ci runs_;
    std::unique_ptr<base::clock> time_;
    std::unique_ptr<base::random> entropy_;
    std::unique_ptr<base::http::transport> network_;
    local_homeserver homeserver_;
    std::optional<semaphore_process> semaphore_;
    std::unique_ptr<visitor> person_;
    std::unique_ptr<bot_process> bot_;
    base::task_group tasks_;
    base::secret person_password_;
    base::secret person_recovery_;
    std::function<void(std::string)> told_;
};

}  // namespace chatrixcd::bot

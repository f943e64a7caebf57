// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <optional>

#include <chatrixcd/chatops/adapters/matrix.hpp>
#include <chatrixcd/chatops/engine.hpp>

#include "crash/bot_process.hpp"
#include "crash/hasty_clock.hpp"
#include "crash/processes.hpp"
#include "crash/remote_ci.hpp"

namespace chatrixcd::test {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr int engine_ended = 73;

class chatops_bot final : public bot_process {
public:
    chatops_bot(stage const& world, mortal& itself, int line, bool native)
        : bot_process(world, itself, line),
          ci_(time_, network_, world.url()),
          tasks_(loop_.get_executor(), nullptr),
          store_(world.folder()),
          room_(world.room()) {
        furnish(ci_, native);
        chatops::matrix_service_options how;
        how.accept = [](std::string const&, std::string const& text) { return text.starts_with("!cd"); };
        chat_ = chatops::make_matrix_service(account_, std::move(how));
    }

private:
    chatops::engine_parts parts() {
        chatops::engine_parts made(loop_.get_executor(), time_, *entropy_);
        made.store_path = store_ + "/chatops.db";
        made.store_key = base::store_key_file{store_ + "/store.key"};
        made.store_hooks = itself_.hooks();
        made.servers.push_back({"local", &ci_});
        made.chats.push_back(chat_.get());
        made.rules = std::make_shared<chatops::allow_list>(std::vector<std::string>{stage::ann}, std::vector<std::string>{room_});
        made.options.poll_most = 4s;
        made.options.start_limit = 10s;
        made.options.start_margin = 10s;
        return made;
    }

    asio::awaitable<base::result<void>> begin() override {
        engine_.emplace(parts());
        auto started = co_await engine_->start();
        if (started) tasks_.spawn(work());
        co_return started;
    }

    asio::awaitable<void> work() {
        try {
            co_await engine_->run();
        } catch (base::error_exception const& e) {
            std::cerr << "the engine ended: " << e.what() << '\n';
            fail(engine_ended);
        }
    }

    asio::awaitable<void> end() override {
        // The engine's clock is hasty, and a busy machine is not.
        if (engine_) co_await engine_->stop(1h);
    }

    asio::awaitable<void> last() override {
        tasks_.cancel();
        co_await tasks_.join();
    }

    hasty_clock time_;
    std::unique_ptr<base::random> entropy_ = base::make_system_random();
    remote_ci ci_;
    base::task_group tasks_;
    std::string store_;
    std::string room_;
    std::unique_ptr<chatops::chat::service> chat_;
    std::optional<chatops::engine> engine_;
};

}  // namespace

int live_as_engine(stage const& world, mortal& itself, int line, bool native) { return chatops_bot(world, itself, line, native).live(); }

}  // namespace chatrixcd::test

// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <iostream>
#include <optional>

#include <chatrixcd/base/http_client.hpp>
#include <chatrixcd/chatops/adapters/matrix.hpp>
#include <chatrixcd/chatops/engine.hpp>
#include <chatrixcd/matrix/client.hpp>

#include "crash/hasty_clock.hpp"
#include "crash/processes.hpp"
#include "crash/remote_ci.hpp"

namespace chatrixcd::test {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

class chatops_bot {
public:
    chatops_bot(stage const& world, mortal& itself, int stop, bool native)
        : itself_(itself),
          stop_(loop_, stop),
          sockets_(base::http::make_client(loop_.get_executor())),
          network_(*sockets_, itself),
          ci_(time_, network_, world.url()),
          account_(loop_.get_executor(), account_options(world)),
          tasks_(loop_.get_executor(), nullptr),
          store_(world.folder() + "/chatops.db"),
          room_(world.room()) {
        furnish(ci_, native);
        chatops::matrix_service_options how;
        how.accept = [](std::string const&, std::string const& text) { return text.starts_with("!cd"); };
        chat_ = chatops::make_matrix_service(account_, std::move(how));
    }

    int live() {
        asio::co_spawn(loop_, whole_life(), [](std::exception_ptr thrown) {
            if (thrown) std::rethrow_exception(thrown);
        });
        loop_.run();
        return status_;
    }

private:
    matrix::options account_options(stage const& world) {
        matrix::options how;
        how.homeserver(world.url()).store(world.folder()).transport(network_).store_hooks(itself_.hooks());
        return how;
    }

    chatops::engine_parts parts() {
        chatops::engine_parts made(loop_.get_executor(), time_, *entropy_);
        made.store_path = store_;
        made.store_hooks = itself_.hooks();
        made.servers.push_back({"local", &ci_});
        made.chats.push_back(chat_.get());
        made.rules = std::make_shared<chatops::allow_list>(std::vector<std::string>{stage::ann}, std::vector<std::string>{room_});
        made.options.poll_most = 4s;
        made.options.start_limit = 10s;
        made.options.start_margin = 10s;
        return made;
    }

    asio::awaitable<void> work() {
        try {
            co_await engine_->run();
        } catch (base::error_exception const& e) {
            std::cerr << "the engine ended: " << e.what() << '\n';
            status_ = 73;
        }
    }

    asio::awaitable<void> whole_life() {
        auto tokens = matrix::login::password(matrix::user_id(stage::bot), base::secret(stage::password));
        auto started = co_await account_.start(std::move(tokens));
        if (started) {
            engine_.emplace(parts());
            started = co_await engine_->start();
        }
        if (started) {
            tasks_.spawn(work());
            char nothing = 0;
            boost::system::error_code closed;
            co_await stop_.async_read_some(asio::buffer(&nothing, 1), asio::redirect_error(asio::use_awaitable, closed));
        } else {
            std::cerr << "the bot does not start: " << started.error().describe() << '\n';
            status_ = 71;
        }
        // The engine's clock is hasty, and a busy machine is not.
        if (engine_) co_await engine_->stop(1h);
        co_await account_.stop();
        tasks_.cancel();
        co_await tasks_.join();
    }

    mortal& itself_;
    asio::io_context loop_{1};
    asio::posix::stream_descriptor stop_;
    hasty_clock time_;
    std::unique_ptr<base::random> entropy_ = base::make_system_random();
    std::unique_ptr<base::http::transport> sockets_;
    mortal_network network_;
    remote_ci ci_;
    matrix::client account_;
    base::task_group tasks_;
    std::string store_;
    std::string room_;
    std::unique_ptr<chatops::chat::service> chat_;
    std::optional<chatops::engine> engine_;
    int status_ = 0;
};

}  // namespace

int live_as_engine(stage const& world, mortal& itself, int stop, bool native) { return chatops_bot(world, itself, stop, native).live(); }

}  // namespace chatrixcd::test

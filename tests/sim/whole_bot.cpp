// SPDX-License-Identifier: Apache-2.0
#include "sim/whole_bot.hpp"

#include <utility>

#include <chatrixcd/base/store.hpp>
#include <chatrixcd/chatops/adapters/matrix.hpp>

namespace chatrixcd::test {

namespace asio = boost::asio;

whole_bot::whole_bot(bot_surroundings around, std::uint64_t seed)
    : around_(std::move(around)),
      switched_(around_.executor),
      entropy_(base::make_seeded_random(seed)),
      network_(*around_.net, &switched_),
      ci_(*around_.ci, switched_, around_.slow_start),
      account_(around_.executor, account_options()),
      starting_(around_.executor, [this](std::exception_ptr) { has_failed("the start threw"); }),
      tasks_(around_.executor, [this](std::exception_ptr) { has_failed("the main task threw"); }) {}

whole_bot::~whole_bot() = default;

base::store_hooks whole_bot::hooks() {
    auto made = switched_.hooks();
    made.vfs = around_.vfs;
    return made;
}

matrix::options whole_bot::account_options() {
    matrix::options how;
    how.homeserver(around_.homeserver)
        .store(around_.folder)
        .time(*around_.time)
        .random(*entropy_)
        .transport(network_)
        .store_runner(base::make_inline_store_runner)
        .store_hooks(hooks())
        .encryption(false)
        .log(around_.log.named("matrix"));
    return how;
}

chatops::engine_parts whole_bot::engine_parts() {
    chatops::engine_parts parts(around_.executor, *around_.time, *entropy_);
    parts.log = around_.log;
    parts.store_path = around_.folder + "/chatops.db";
    parts.store_key = base::store_key_file{around_.folder + "/store.key"};
    parts.make_runner = base::make_inline_store_runner;
    parts.store_hooks = hooks();
    parts.servers.push_back({"local", &ci_});
    parts.chats.push_back(chat_.get());
    parts.rules = std::make_shared<chatops::allow_list>(std::vector<std::string>{around_.admin}, around_.rooms);
    return parts;
}

void whole_bot::start() { starting_.spawn(begin()); }

asio::awaitable<void> whole_bot::begin() {
    account_.on_invite([this](matrix::invite invitation) { return answer_invitation(std::move(invitation)); });
    chatops::matrix_service_options how;
    how.accept = [](std::string const&, std::string const& text) { return text.starts_with("!cd"); };
    chat_ = chatops::make_matrix_service(account_, std::move(how));
    auto tokens = matrix::login::password(matrix::user_id(around_.user), base::secret(around_.password));
    auto const logged_in = co_await account_.start(std::move(tokens));
    if (!logged_in) {
        has_failed(logged_in.error().describe());
        co_return;
    }
    engine_ = std::make_unique<chatops::engine>(engine_parts());
    auto const started = co_await engine_->start();
    if (!started) {
        has_failed(started.error().describe());
        co_return;
    }
    tasks_.spawn(work());
    tasks_.spawn(watch_account());
    working_ = true;
}

asio::awaitable<void> whole_bot::answer_invitation(matrix::invite invitation) {
    if (invitation.sender().str() != around_.admin) co_return;
    // Tried again by the account if it fails.
    auto const joined = co_await invitation.accept();
    joined.value();
}

asio::awaitable<void> whole_bot::work() {
    try {
        co_await engine_->run();
    } catch (base::error_exception const& e) {
        has_failed(e.what());
    }
}

asio::awaitable<void> whole_bot::watch_account() {
    auto const ended = co_await account_.run();
    if (!ended) has_failed(ended.error().describe());
}

void whole_bot::has_failed(std::string why) {
    if (ended_) return;
    ended_ = true;
    why_ = std::move(why);
}

asio::awaitable<void> whole_bot::end(base::duration grace) {
    starting_.cancel();
    co_await starting_.join();
    if (engine_) co_await engine_->stop(grace);
    co_await account_.stop();
    tasks_.cancel();
    co_await tasks_.join();
}

}  // namespace chatrixcd::test

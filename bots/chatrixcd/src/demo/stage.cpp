// SPDX-License-Identifier: Apache-2.0
#include "demo/stage.hpp"

#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/http_client.hpp>

#include "demo/sample_config.hpp"

namespace chatrixcd::bot {
namespace {

namespace asio = boost::asio;
using asio::awaitable;

constexpr std::chrono::seconds bot_may_take{30};

// By which another client of the person's becomes one that reads the room: kept, so that the demo can go on in its folder.
base::result<matrix::recovery_key> kept_recovery_key(std::string const& file, base::random& entropy) {
    if (auto const known = base::secret::from_file(file)) return matrix::recovery_key::parse(*known);
    auto made = matrix::recovery_key::make(entropy);
    auto const written = base::write_file(file, made.text().reveal());
    if (!written) return written.error();
    return made;
}

}  // namespace

stage::stage(asio::any_io_executor executor, std::string folder, environment variables, sample_ci runs)
    : executor_(executor),
      folder_(std::move(folder)),
      variables_(std::move(variables)),
      runs_(runs),
      time_(base::make_system_clock()),
      entropy_(base::make_system_random()),
      network_(base::http::make_client(executor)),
      homeserver_(executor, *time_, *entropy_, folder_),
      tasks_(executor, [](std::exception_ptr) {}) {}

stage::~stage() = default;

awaitable<base::result<void>> stage::raise(std::uint16_t port) {
    auto listening = co_await homeserver_.start(port);
    if (!listening) co_return listening.error();
    auto bot_password = co_await homeserver_.account("bot");
    if (!bot_password) co_return bot_password.error();
    auto own_password = co_await homeserver_.account("you");
    if (!own_password) co_return own_password.error();
    person_password_ = *own_password;

    auto const recovery = kept_recovery_key(folder_ + "/you.recovery_key", *entropy_);
    if (!recovery) co_return recovery.error();
    person_recovery_ = recovery->text();

    matrix::options how;
    how.homeserver(homeserver_.url()).store(folder_ + "/you").device_name("Terminal").time(*time_).random(*entropy_).transport(*network_);
    how.at_first_start(matrix::first_start::deliver_old).recovery(*recovery);
    person_ = std::make_unique<visitor>(executor_, *time_, std::move(how));
    matrix::user_id const bot_id("@bot:" + homeserver_.name());
    auto room = co_await person_->enter(matrix::user_id(person_id()), person_password_, bot_id);
    if (!room) co_return room.error();
    auto written = co_await write_config(*room);
    if (!written) co_return written.error();

    bot_ = std::make_unique<bot_process>(executor_, *time_, bot_command(), log_file(), [this](std::string line) {
        if (told_) told_(std::move(line));
    });
    tasks_.spawn(bot_->keep_running());
    bool const came = co_await person_->wait_for_member(bot_id, bot_may_take);
    if (came) co_return base::result<void>();
    co_return base::error(base::error_kind::internal, "the bot did not join the room within 30 s; its log: " + log_file());
}

awaitable<base::result<void>> stage::write_config(matrix::room_id room) {
    sample_settings s;
    s.port = homeserver_.port();
    s.bot_user = "@bot:" + homeserver_.name();
    s.person = person_id();
    s.room = room.str();
    s.password_file = homeserver_.password_file("bot");
    s.store_folder = folder_ + "/bot";
    if (runs_ == sample_ci::semaphore) {
        semaphore_.emplace(executor_, *entropy_, folder_);
        auto url = co_await semaphore_->start(few_variables());
        if (!url) co_return url.error();
        s.semaphore_url = *url;
        s.token_file = semaphore_->token_file();
    }
    co_return base::write_file(folder_ + "/config.hjson", sample_config(s));
}

base::process_spec stage::bot_command() const {
    base::process_spec spec;
    spec.argv = {"/proc/self/exe", "run", "-c", folder_ + "/config.hjson"};
    spec.environment = few_variables();
    return spec;
}

std::vector<std::pair<std::string, std::string>> stage::few_variables() const {
    std::vector<std::pair<std::string, std::string>> few;
    for (char const* name : {"PATH", "HOME", "TMPDIR", "LANG"}) {
        if (auto value = variables_(name)) few.emplace_back(name, *value);
    }
    return few;
}

awaitable<void> stage::strike() {
    // Whoever was told is gone by now.
    told_ = nullptr;
    if (person_) person_->on_change({});
    tasks_.cancel();
    co_await tasks_.join();
    if (person_) co_await person_->stop();
    co_await homeserver_.stop();
    if (semaphore_) co_await semaphore_->stop();
}

}  // namespace chatrixcd::bot

// SPDX-License-Identifier: Apache-2.0
#include "sim/whole_world.hpp"

#include <chrono>
#include <iostream>
#include <stdexcept>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "sim/whole_requests.hpp"

namespace chatrixcd::test {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr char const* password = "correct horse battery staple";
constexpr char const* address = "http://test.invalid";

class keeping_sink final : public base::log_sink {
public:
    explicit keeping_sink(std::vector<std::string>& into) : into_(into) {}
    void write(base::log_record const& record) override { into_.push_back(record.message); }

private:
    std::vector<std::string>& into_;
};

asio::awaitable<void> ring(base::clock& time, base::duration after, std::shared_ptr<bool> rung) {
    co_await time.sleep(after);
    *rung = true;
}

}  // namespace

whole_world::whole_world(std::uint64_t seed, std::size_t rooms, bool loud, bool fragile)
    : background(loop.get_executor(), nullptr),
      ci(time),
      dice_(base::make_seeded_random(seed)),
      server_entropy_(base::make_seeded_random(next_seed())),
      folder_("whole-world"),
      fragile_(fragile) {
    log_ = base::logger(std::make_shared<keeping_sink>(warnings_), time, base::log_level::warning);
    // Each change of the disk is a step at which the power can fail.
    disk_.on_step = [this](std::string const& what) { return bot_ && bot_->switched().step("before a " + what); };
    if (loud) log_ = base::logger(base::make_text_sink(std::cerr), time, base::log_level::debug);
    open_server();
    furnish(rooms);
}

whole_world::~whole_world() {
    if (bot_) kill_bot();
    background.cancel();
    run(background.join());
    run(person_->stop());
    run(network_->stop());
    run(server_->stop());
}

void whole_world::open_server() {
    homeserver::server_options how(time, *server_entropy_);
    how.server_name = "test";
    how.make_runner = base::make_inline_store_runner;
    how.password_cost = 1;
    how.log = log_.named("homeserver");
    server_ = run(homeserver::server::open(loop.get_executor(), std::move(how))).value();
    network_ = std::make_unique<whole_network>(loop.get_executor(), time, *server_, next_seed());
}

void whole_world::furnish(std::size_t rooms) {
    auto ann = run(server_->register_user("ann", base::secret(password))).value();
    run(server_->register_user("bot", base::secret(password))).value();
    matrix::options how;
    how.homeserver(address).time(time).log(log_.named("person")).encryption(false);
    person_ = std::make_unique<whole_person>(loop.get_executor(), how, *network_, *server_, std::move(ann), next_seed());
    run(person_->start());
    for (std::size_t i = 1; i <= rooms; ++i) rooms_.push_back(run(person_->make_room("room " + std::to_string(i), bot_id)));
    start_bot();
    for (int tries = 0; !has_joined(); ++tries) {
        if (tries == 60) throw std::runtime_error("the bot does not join");
        let_pass(1s);
    }
}

bool whole_world::has_joined() { return bot_->is_working() && run(bot_->account().rooms()).size() == rooms_.size(); }

void whole_world::start_bot() {
    if (bot_) throw std::logic_error("the bot is up");
    bot_surroundings around(loop.get_executor(), time, *network_, ci);
    around.slow_start = [this](chatops::ci::plan const& what, chatops::ci::run_key const& key) {
        return slow_start && slow_start(what, key);
    };
    around.folder = folder_.path() + "/bot";
    around.homeserver = address;
    around.user = bot_id;
    around.password = password;
    around.admin = person_->id();
    around.rooms = rooms_;
    around.log = log_;
    if (fragile_) around.vfs = disk_.vfs();
    bot_ = std::make_unique<whole_bot>(std::move(around), next_seed());
    bot_->start();
}

void whole_world::kill_bot() {
    bot_->switched().cut();
    disk_.fail();
    run(bot_->end(0s));
    bot_.reset();
    disk_.come_back(*dice_, dice_->below(2) == 0 ? fragile_disk::rest::nothing : fragile_disk::rest::torn);
}

void whole_world::stop_bot() {
    run(bot_->end(5s));
    // It may have died on the way.
    bool const died = bot_->switched().is_dead();
    bot_.reset();
    if (!died) {
        disk_.settle();
        return;
    }
    disk_.fail();
    disk_.come_back(*dice_, fragile_disk::rest::torn);
}

void whole_world::log_bot_out() {
    boost::json::object identifier;
    identifier["type"] = "m.id.user";
    identifier["user"] = bot_id;
    boost::json::object wish;
    wish["type"] = "m.login.password";
    wish["identifier"] = std::move(identifier);
    wish["password"] = password;
    auto const session = run(ask(*server_, base::http::method::post, "/login", "", std::move(wish)));
    auto const token = base::find_string(session, "access_token").value();
    run(ask(*server_, base::http::method::post, "/logout/all", token));
}

bool whole_world::run_until(std::function<bool()> const& done, base::duration limit) {
    // Somebody must be there to be woken at the limit.
    auto rung = std::make_shared<bool>(false);
    background.spawn(ring(time, limit, rung));
    bool reached = false;
    time.run_until(
        loop,
        [&] {
            reached = done();
            return reached || *rung;
        },
        limit + 1s);
    return reached;
}

void whole_world::let_pass(base::duration span) {
    run_until([] { return false; }, span);
}

whole_room whole_world::read_room(std::string const& room) { return whole_room(run(person_->history(room))); }

}  // namespace chatrixcd::test

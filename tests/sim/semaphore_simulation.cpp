// SPDX-License-Identifier: Apache-2.0
// Bot and Semaphore under one virtual clock: lives with a network that loses requests, answers or both, delivers starts late, and with
// processes that end between any two requests. At the end of each, the tasks at the server are counted. SEED=n plays that life alone, with
// its log.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>

#include <chatrixcd/chatops/adapters/semaphore.hpp>
#include <chatrixcd/semaphore/testing/double.hpp>

#include "sim/chatops_world.hpp"
#include "sim/deserved_card.hpp"

using namespace chatrixcd;
using namespace std::chrono_literals;
using base::http::response;
using boost::asio::awaitable;
using chatops::card_state;
using semaphore::testing::flavour;
using test::chatops_world;

namespace {

constexpr std::uint64_t lives = 400;
constexpr std::array lines{"!cd run web plain",  "!cd run web deploy version=1",
                           "!cd run web fail",   "!cd run plain --message again",
                           "!cd run web deploy", "!cd run nothing",
                           "!cd status",         "!cd logs",
                           "!cd projects"};

bool is_start(base::http::request const& r) { return r.verb == base::http::method::post && r.url.ends_with("/tasks"); }

// The way to the server, which is what a seed makes of it until it is calm.
class weather final : public base::http::transport {
public:
    weather(chatops_world& world, base::http::transport& to, base::random& dice) : world_(world), to_(to), dice_(dice) {}

    awaitable<base::result<response>> send(base::http::request r) override {
        auto const what = calm ? 100 : dice_.below(20);
        if (what == 0) co_return base::error(base::error_kind::unavailable, "no way there");
        if (what == 1) co_return base::error(base::error_kind::timeout_unknown, "lost on its way");
        if (what == 2) co_return response(503, "busy");
        if (what == 3 && is_start(r)) {
            world_.background.spawn(arrive_late(std::move(r), base::duration(dice_.below(60'000))));
            co_return base::error(base::error_kind::timeout_unknown, "on its way for long");
        }
        auto said = co_await to_.send(std::move(r));
        if (what == 4) co_return base::error(base::error_kind::timeout_unknown, "the answer was lost");
        if (what == 5) co_return response(502, "<html>Bad Gateway</html>", "text/html");
        co_return said;
    }

    bool calm = false;

private:
    awaitable<void> arrive_late(base::http::request r, base::duration after) {
        co_await world_.time.sleep(after);
        (void)co_await to_.send(std::move(r));
    }

    chatops_world& world_;
    base::http::transport& to_;
    base::random& dice_;
};

// Each request is a step at which the process may end.
class powered_way final : public base::http::transport {
public:
    powered_way(base::http::transport& to, test::power& switched) : to_(to), power_(switched) {}
    awaitable<base::result<response>> send(base::http::request r) override { return power_.through("request", to_.send(std::move(r))); }

private:
    base::http::transport& to_;
    test::power& power_;
};

semaphore::client client_on(base::http::transport& way, chatops_world& world) {
    semaphore::client_options how("https://ci.example.org", semaphore::credentials::token(base::secret(semaphore::testing::server::token)));
    return semaphore::client::make(way, world.time, *world.entropy, std::move(how)).value();
}

// The adapter with what it stands on.
struct own_adapter {
    own_adapter(base::http::transport& way, chatops_world& world)
        : client(client_on(way, world)), face(chatops::make_semaphore_ci(client, world.time)) {}
    semaphore::client client;
    std::unique_ptr<chatops::ci::server> face;
};

class life {
public:
    explicit life(std::uint64_t seed, std::optional<flavour> as = {})
        : dice_(base::make_seeded_random(seed)),
          world(seed),
          server_(world.time, as ? *as : kind(dice_->below(4))),
          network_(server_.transport()),
          weather_(world, *network_, *dice_) {
        furnish();
        world.make_ci = [this](test::power& switched) {
            ways_.push_back(std::make_unique<powered_way>(weather_, switched));
            auto const made = std::make_shared<own_adapter>(*ways_.back(), world);
            return std::shared_ptr<chatops::ci::server>(made, made->face.get());
        };
    }

    bool play() {
        std::size_t deaths_left = dice_->below(5);
        world.start_bot();
        if (deaths_left > 0) world.switched().cut_at(1 + dice_->below(120));
        auto const commands = 2 + dice_->below(4);
        for (std::uint64_t i = 0; i < commands; ++i) {
            world.chat.says(chatops_world::ann, chatops_world::room, lines[dice_->below(lines.size())]);
            world.let_pass(base::duration(dice_->below(dice_->below(3) == 0 ? 600'000 : 10'000)));
            if (!world.switched().is_dead()) continue;
            revive(deaths_left);
        }
        weather_.calm = true;
        if (world.switched().is_dead()) revive(deaths_left = 0);
        world.switched().cut_at(0);
        for (int wait = 0; wait < 72; ++wait) {
            world.let_pass(20min);
            if (world.is_quiet()) return true;
        }
        return false;
    }

    // Somebody stops a run, and the process ends at this step behind it; two minutes later there is another one. False: so many steps
    // there were not.
    bool stop_and_end_at(std::size_t step) {
        weather_.calm = true;
        world.start_bot();
        world.chat.says(chatops_world::ann, chatops_world::room, "!cd run web slow");
        world.let_pass(20s);
        world.switched().cut_at(world.switched().steps() + step);
        world.chat.says(chatops_world::ann, chatops_world::room, "!cd stop");
        world.let_pass(2s);
        bool const has_ended = world.switched().is_dead();
        std::size_t no_more = 0;
        if (has_ended) revive(no_more);
        world.let_pass(20min);
        return has_ended;
    }

    // Every task of the server: its message, and how often it is there.
    std::map<std::string, int> tasks() {
        std::map<std::string, int> counted;
        auto client = client_on(*network_, world);
        for (auto const& task : world.run(client.tasks(semaphore::project_id(1))).value()) ++counted[task.message];
        return counted;
    }
    chatops::ci::run truth(std::string const& id) {
        own_adapter fresh(*network_, world);
        return world.run(fresh.face->get(chatops::ci::run_id(id))).value();
    }
    std::size_t deaths() const noexcept { return deaths_; }

private:
    std::unique_ptr<base::random> dice_;

public:
    chatops_world world;

private:
    static flavour kind(std::uint64_t number) {
        if (number == 0) return flavour::v2_10_bolt();
        if (number == 1) return flavour::v2_10_sql();
        return number == 2 ? flavour::v2_16_sql() : flavour::v2_19_sql();
    }
    void furnish() {
        auto const web = server_.add_project("web");
        semaphore::testing::script does;
        does.prints = {"hello", "world"};
        does.lasts = base::duration(dice_->below(30'000));
        server_.add_template(web, "plain", does);
        server_.add_template(web, "deploy", does, R"([{"name":"version","required":true,"type":""}])");
        does.succeeds = false;
        server_.add_template(web, "fail", does);
        does.lasts = 6h;
        server_.add_template(web, "slow", does);
    }
    void revive(std::size_t& deaths_left) {
        world.kill_bot();
        ++deaths_;
        world.let_pass(base::duration(dice_->below(120'000)));
        world.start_bot();
        if (deaths_left > 0 && --deaths_left > 0) world.switched().cut_at(1 + dice_->below(120));
    }

    semaphore::testing::server server_;
    std::unique_ptr<base::http::transport> network_;
    weather weather_;
    std::vector<std::unique_ptr<powered_way>> ways_;
    std::size_t deaths_ = 0;
};

void check(life& of) {
    auto const tasks = of.tasks();
    std::size_t known = 0;
    for (auto const& run : of.world.runs()) {
        INFO("run " << run.number << ", start " << run.start << ", id " << run.id);
        int starts = 0;
        for (auto const& [message, count] : tasks) {
            if (message.find(run.key) != std::string::npos) starts += count;
        }
        known += static_cast<std::size_t>(starts);
        CHECK(starts <= 1);
        CHECK_FALSE(run.open);
        auto cards = of.world.cards_of(run.number);
        std::erase_if(cards, [&](auto const& message) { return message.reply_to != run.event; });
        REQUIRE(cards.size() == 1);
        auto const card = *chatops_world::card_in(cards.front());
        INFO("card: " << card.summary);
        if (run.start == "started") {
            CHECK(starts == 1);
            CHECK(card.state == test::deserved(of.truth(run.id)));
        } else if (run.start == "refused") {
            CHECK(starts == 0);
            CHECK(card.state == card_state::failure);
        } else {
            CHECK(run.start == "in_doubt");
            CHECK(card.state == card_state::in_doubt);
        }
    }
    std::size_t there = 0;
    for (auto const& [message, count] : tasks) there += static_cast<std::size_t>(count);
    CHECK(there == known);
}

void play(std::uint64_t seed, bool loudly, std::size_t& deaths) {
    life one(seed);
    if (loudly) one.world.log = base::logger(base::make_text_sink(std::cerr), one.world.time, base::log_level::debug);
    INFO("replay with: SEED=" << seed << " sim_semaphore");
    bool const ended = one.play();
    CHECK_MESSAGE(ended, "something is pending for ever");
    check(one);
    deaths += one.deaths();
    if (loudly) std::cout << one.world.chat.transcript_text();
}

}  // namespace

TEST_CASE("each command makes at most one task at Semaphore and has one true card, whatever the network and the process do") {
    std::size_t deaths = 0;
    if (auto const* const seed = std::getenv("SEED")) {
        play(std::strtoull(seed, nullptr, 10), /*loudly=*/true, deaths);
        return;
    }
    for (std::uint64_t seed = 1; seed <= lives; ++seed) play(seed, /*loudly=*/false, deaths);
    CHECK(deaths > lives / 2);
}

// 2.10 calls it an error: that somebody asked for it is for us to know, over any end of the process.
TEST_CASE("a run that was asked to stop is a cancel, at whichever step the process ended") {
    for (auto const& as : {flavour::v2_10_bolt(), flavour::v2_16_sql()}) {
        bool has_ended = true;
        for (std::size_t step = 1; has_ended; ++step) {
            CAPTURE(as.version);
            CAPTURE(step);
            life one(/*seed=*/1, as);
            has_ended = one.stop_and_end_at(step);
            auto const cards = one.world.cards_of(1);
            REQUIRE_FALSE(cards.empty());
            auto const card = *chatops_world::card_in(cards.front());
            INFO("card: " << card.summary);
            CHECK(card.state == card_state::canceled);
            CHECK(card.summary.find("by @ann") != std::string::npos);
            REQUIRE(step < 100);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/homeserver/testing/faults.hpp>

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include <chatrixcd/base/http_connection_fault.hpp>
#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/timeout.hpp>

#include "past_answers.hpp"
#include "rules.hpp"
#include "users.hpp"
#include "wrong_json.hpp"

namespace chatrixcd::homeserver::testing {

namespace asio = boost::asio;
namespace http = base::http;
using http::connection_fault;
using way = connection_fault::way;

namespace {

constexpr std::size_t longest_story = 1000;

std::string time_text(base::duration since_start) {
    auto const ms = since_start.count();
    return fmt::format("{:02}:{:02}:{:02}.{:03}", ms / 3600000, ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
}

}  // namespace

struct faults::impl {
    impl(asio::any_io_executor executor, base::clock& clock, http::handler& behind, std::uint64_t seed)
        : time(clock),
          server(behind),
          dice(base::make_seeded_random(seed)),
          who(behind),
          began(clock.uptime()),
          moved(std::move(executor)) {}

    bool asks_for_users() const;
    fault choose(http::request const& r, std::string const& user);
    void tell(std::size_t number, http::request const& r, std::string const& user, fault const& what);
    asio::awaitable<http::response> execute(http::request r);
    asio::awaitable<void> let_others_pass(std::string client, std::size_t others, base::duration at_most);
    asio::awaitable<bool> next_move();
    void make_stale(http::response& said, std::string const& key, fault const& what) const;
    static void spoil(http::response& said, fault const& what);
    asio::awaitable<void> before(http::request const& r, fault const& what);
    asio::awaitable<void> on_its_way(http::response& said, std::string client, fault const& what);

    base::clock& time;
    http::handler& server;
    std::unique_ptr<base::random> dice;
    std::vector<std::shared_ptr<detail::rule_state>> rules;
    std::function<fault(http::request const&)> decides;
    std::function<void(http::request const&, http::response const&)> told;
    detail::users who;
    detail::past_answers past;
    base::duration began;
    base::notifier moved;                         // a request was executed
    std::map<std::string, std::size_t> executed;  // by client
    std::size_t requests = 0;
    std::size_t injected = 0;
    std::deque<std::string> story;
};

faults::faults(asio::any_io_executor executor, base::clock& time, http::handler& server, std::uint64_t seed)
    : impl_(std::make_unique<impl>(std::move(executor), time, server, seed)) {}
faults::~faults() = default;

faults::rule faults::on(http::method verb, std::string_view pattern) {
    return rule(impl_->rules.emplace_back(std::make_shared<detail::rule_state>(verb, pattern)));
}
faults::rule faults::on(std::string_view pattern) {
    return rule(impl_->rules.emplace_back(std::make_shared<detail::rule_state>(std::nullopt, pattern)));
}
faults::rule faults::on_everything() { return on("**"); }
void faults::otherwise(std::function<fault(http::request const&)> decides) { impl_->decides = std::move(decides); }

void faults::clear() {
    impl_->rules.clear();
    impl_->decides = nullptr;
}

void faults::observe(std::function<void(http::request const&, http::response const&)> told) { impl_->told = std::move(told); }
std::size_t faults::requests() const noexcept { return impl_->requests; }
std::size_t faults::injected() const noexcept { return impl_->injected; }

std::string faults::story() const {
    std::string text;
    for (auto const& line : impl_->story) text += line + "\n";
    return text;
}

bool faults::impl::asks_for_users() const {
    for (auto const& rule : rules) {
        if (!rule->user.empty()) return true;
    }
    return false;
}

fault faults::impl::choose(http::request const& r, std::string const& user) {
    for (auto const& rule : rules) {
        if (!rule->fits(r, user) || !rule->takes(*dice)) continue;
        auto const choices = rule->choices.size();
        return rule->choices[choices == 1 ? 0 : dice->below(choices)];
    }
    return decides ? decides(r) : fault::none();
}

void faults::impl::tell(std::size_t number, http::request const& r, std::string const& user, fault const& what) {
    if (what.is_none()) return;
    ++injected;
    auto const by = user.empty() ? std::string() : " (" + user + ")";
    story.push_back(fmt::format("{} #{} {} {}{}: {}", time_text(time.uptime() - began), number, http::to_string(r.verb), r.path(), by,
                                what.description()));
    if (story.size() > longest_story) story.pop_front();
}

asio::awaitable<http::response> faults::impl::execute(http::request r) {
    auto const client = detail::token_of(r);
    http::request seen;
    if (told) seen = r;
    auto said = co_await server.handle(std::move(r));
    if (told) told(seen, said);
    ++executed[client];
    moved.notify_all();
    co_return said;
}

asio::awaitable<bool> faults::impl::next_move() {
    co_await moved.wait();
    co_return true;
}

asio::awaitable<void> faults::impl::let_others_pass(std::string client, std::size_t others, base::duration at_most) {
    auto const enough = executed[client] + others;
    auto const deadline = time.uptime() + at_most;
    while (executed[client] < enough && time.uptime() < deadline) {
        auto const left = deadline - time.uptime();
        co_await base::with_timeout(time, next_move(), left);
    }
}

void faults::impl::make_stale(http::response& said, std::string const& key, fault const& what) const {
    auto const* old = past.find(key, what.count_);
    if (old == nullptr || said.status != 200) return;
    if (what.kind_ == fault::kind::stale) {
        said = *old;
        return;
    }
    auto const then = base::parse_json_object(old->body);
    if (!then) return;
    auto const position = base::find_string(*then, "next_batch");
    if (!position) return;
    detail::rewriter([&](boost::json::object& whole) { whole["next_batch"] = *position; })(said.body);
}

// What ends the connection is thrown.
void faults::impl::spoil(http::response& said, fault const& what) {
    switch (what.kind_) {
        case fault::kind::drop_after:
            throw connection_fault(way::reset);
        case fault::kind::silent_after:
            throw connection_fault(way::silence);
        case fault::kind::truncated:
            throw connection_fault(way::truncate, std::move(said), what.count_);
        case fault::kind::drip:
            throw connection_fault(way::drip, std::move(said), what.count_, what.span_);
        case fault::kind::rewrite_text:
            what.rewrite_(said.body);
            break;
        default:
            break;
    }
}

asio::awaitable<void> faults::impl::before(http::request const& r, fault const& what) {
    co_await time.sleep(what.wait_);
    if (what.kind_ == fault::kind::drop_before) throw connection_fault(way::refuse);
    if (what.kind_ == fault::kind::reset) throw connection_fault(way::reset);
    if (what.kind_ == fault::kind::silent_before) throw connection_fault(way::silence);
    if (what.kind_ == fault::kind::overtaken_request) co_await let_others_pass(detail::token_of(r), what.count_, what.span_);
}

asio::awaitable<void> faults::impl::on_its_way(http::response& said, std::string client, fault const& what) {
    if (what.kind_ == fault::kind::overtaken_answer) co_await let_others_pass(std::move(client), what.count_, what.span_);
    if (what.kind_ == fault::kind::late_answer) co_await time.sleep(what.span_);
    spoil(said, what);
}

asio::awaitable<http::response> faults::handle(http::request r) {
    auto& self = *impl_;
    auto const number = ++self.requests;
    std::string user;
    if (self.asks_for_users()) user = co_await self.who.whose(r);
    auto const what = self.choose(r, user);
    self.tell(number, r, user, what);
    co_await self.before(r, what);
    if (what.kind_ == fault::kind::answer) co_return what.instead_;

    auto const client = detail::token_of(r);
    auto key = detail::past_answers::key_of(r);
    if (what.kind_ == fault::kind::duplicate) {
        auto again = r;
        co_await self.execute(std::move(again));
    }
    auto said = co_await self.execute(std::move(r));
    bool const stale = what.kind_ == fault::kind::stale || what.kind_ == fault::kind::stale_position;
    auto const truth = said;
    if (stale) self.make_stale(said, key, what);
    self.past.keep(std::move(key), truth);
    co_await self.on_its_way(said, client, what);
    co_return said;
}

}  // namespace chatrixcd::homeserver::testing

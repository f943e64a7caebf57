// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/homeserver/testing/network.hpp>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <map>
#include <optional>
#include <utility>

#include <chatrixcd/base/http_bodies.hpp>
#include <chatrixcd/base/http_connection_fault.hpp>
#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/base/timeout.hpp>
#include <chatrixcd/base/url.hpp>

namespace chatrixcd::homeserver::testing {

namespace asio = boost::asio;
namespace http = base::http;
using base::error;
using base::error_kind;
using answer = base::result<http::response>;
using way = http::connection_fault::way;

namespace {

// A status line and some header fields, for what drips.
constexpr std::size_t head_size = 150;

error not_connected(std::string const& host) { return error(error_kind::unavailable, host + " cannot be reached: connection refused"); }
error cut(std::string const& host) {
    return error(error_kind::timeout_unknown, host + " ended the connection before its answer was complete");
}

// Where a request's answer comes back, if its sender still waits.
class journey {
public:
    explicit journey(asio::any_io_executor executor) : changed_(std::move(executor)) {}
    void end(answer with) {
        answer_.emplace(std::move(with));
        changed_.notify_all();
    }
    static asio::awaitable<answer> ended(std::shared_ptr<journey> self) {
        while (!self->answer_) co_await self->changed_.wait();
        co_return std::move(*self->answer_);
    }

private:
    base::notifier changed_;
    std::optional<answer> answer_;
};

}  // namespace

struct network::impl {
    impl(asio::any_io_executor on, base::clock& clock) : executor(on), time(clock), travelling(std::move(on), nullptr) {}

    http::handler* server_of(std::string const& authority) const;
    asio::awaitable<answer> carry(http::request r);
    asio::awaitable<std::optional<answer>> ask(http::handler& server, http::request r, std::string host);
    asio::awaitable<std::optional<answer>> suffer(http::connection_fault fault, std::string host);
    asio::awaitable<answer> read(http::handler& server, http::request r, std::string host);
    asio::awaitable<void> travel(std::shared_ptr<journey> one, http::handler& server, http::request r, std::string host);

    asio::any_io_executor executor;
    base::clock& time;
    base::duration latency{0};
    std::map<std::string, http::handler*> hosts;
    http::handler* others = nullptr;
    base::task_group travelling;
};

network::network(asio::any_io_executor executor, base::clock& time) : impl_(std::make_unique<impl>(std::move(executor), time)) {}
network::~network() = default;

void network::host(std::string name, http::handler& server) { impl_->hosts[std::move(name)] = &server; }
void network::other_hosts(http::handler& server) { impl_->others = &server; }
void network::remove(std::string const& name) { impl_->hosts[name] = nullptr; }
void network::latency(base::duration span) { impl_->latency = span; }

http::handler* network::impl::server_of(std::string const& authority) const {
    auto const found = hosts.find(authority);
    return found == hosts.end() ? others : found->second;
}

asio::awaitable<answer> network::send(http::request r) {
    auto const sink = r.sink;
    auto const most_bytes = r.max_response;
    auto whole = co_await http::gather_body(std::move(r));
    if (!whole) co_return whole.error();
    auto said = co_await impl_->carry(std::move(*whole));
    if (!said) co_return said.error();
    co_return co_await http::deliver_body(std::move(*said), sink, most_bytes);
}

asio::awaitable<answer> network::impl::carry(http::request r) {
    auto const target = base::parse_url(r.url);
    if (!target) co_return target.error();
    auto const host = target->authority();
    auto* const server = server_of(host);
    if (server == nullptr) co_return not_connected(host);
    r.url = target->target;
    r.remote = "127.0.0.1";
    auto const limit = r.timeout;
    std::optional<answer> said;
    if (r.verb == http::method::get || r.verb == http::method::head) {
        said = co_await base::with_timeout(time, read(*server, std::move(r), host), limit);
    } else {
        auto const one = std::make_shared<journey>(executor);
        travelling.spawn(travel(one, *server, std::move(r), host));
        said = co_await base::with_timeout(time, journey::ended(one), limit);
    }
    if (said) co_return std::move(*said);
    co_return error(error_kind::timeout_unknown, host + " did not answer in " + std::to_string(limit.count()) + " ms");
}

asio::awaitable<void> network::stop() {
    impl_->travelling.cancel();
    co_await impl_->travelling.join();
}

// Whoever reads goes away with the time-out, and the handler with him.
asio::awaitable<answer> network::impl::read(http::handler& server, http::request r, std::string host) {
    auto said = co_await ask(server, std::move(r), std::move(host));
    constexpr auto ages = std::chrono::hours(24 * 365);
    while (!said) co_await time.sleep(ages);
    co_return std::move(*said);
}

asio::awaitable<void> network::impl::travel(std::shared_ptr<journey> one, http::handler& server, http::request r, std::string host) {
    auto said = co_await ask(server, std::move(r), std::move(host));
    if (said) one->end(std::move(*said));
}

// Nothing if no answer ever comes.
asio::awaitable<std::optional<answer>> network::impl::ask(http::handler& server, http::request r, std::string host) {
    co_await time.sleep(latency);
    std::optional<answer> said;
    std::optional<http::connection_fault> fault;
    try {
        said.emplace(co_await server.handle(std::move(r)));
    } catch (http::connection_fault const& e) {
        fault = e;
    } catch (boost::system::system_error const& e) {
        if (e.code() == asio::error::operation_aborted) throw;
        said.emplace(http::response(500));
    } catch (std::exception const&) {
        said.emplace(http::response(500));
    }
    if (fault) said = co_await suffer(std::move(*fault), std::move(host));
    co_return said;
}

asio::awaitable<std::optional<answer>> network::impl::suffer(http::connection_fault fault, std::string host) {
    std::optional<answer> seen;
    switch (fault.how) {
        case way::refuse:
            seen.emplace(not_connected(host));
            break;
        case way::reset:
            seen.emplace(cut(host));
            break;
        case way::silence:
            break;
        case way::truncate:
            if (fault.count < fault.said.body.size()) {
                seen.emplace(cut(host));
            } else {
                seen.emplace(std::move(fault.said));
            }
            break;
        case way::drip: {
            auto const pieces = (head_size + fault.said.body.size()) / std::max<std::size_t>(fault.count, 1);
            co_await time.sleep(fault.each * static_cast<base::duration::rep>(pieces));
            seen.emplace(std::move(fault.said));
            break;
        }
    }
    co_return seen;
}

}  // namespace chatrixcd::homeserver::testing

// SPDX-License-Identifier: Apache-2.0
#include "sim/whole_network.hpp"

#include <chrono>
#include <string>
#include <utility>

#include <chatrixcd/base/http_bodies.hpp>
#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/timeout.hpp>

namespace chatrixcd::test {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using base::error;
using base::error_kind;
using base::http::response;

namespace {

// No request is instant: two events never have the same time, so that clients agree which edit is the newer one.
constexpr base::duration least_way = 1ms;
constexpr base::duration usual_way = 40ms;
// Longer than clients wait for most answers.
constexpr base::duration longest_way = 45s;

response rate_limited(base::duration wait) {
    return {429, R"({"errcode":"M_LIMIT_EXCEEDED","error":"slow down","retry_after_ms":)" + std::to_string(wait.count()) + "}"};
}
response page_of_a_proxy(unsigned status) { return {status, "<html>out of order</html>", "text/html"}; }

}  // namespace

class whole_network::journey {
public:
    explicit journey(asio::any_io_executor executor) : changed_(std::move(executor)) {}

    void end(answer with) {
        answer_ = std::move(with);
        changed_.notify_all();
    }
    static asio::awaitable<answer> ended(std::shared_ptr<journey> self) {
        while (!self->answer_) co_await self->changed_.wait();
        co_return *self->answer_;
    }

private:
    base::notifier changed_;
    std::optional<answer> answer_;
};

whole_network::whole_network(asio::any_io_executor executor, base::clock& time, base::http::handler& server, std::uint64_t seed)
    : executor_(executor), time_(time), server_(server), dice_(base::make_seeded_random(seed)), travelling_(executor, nullptr) {}

whole_network::fate whole_network::draw() {
    fate drawn;
    drawn.out = least_way + up_to(usual_way);
    drawn.back = least_way + up_to(usual_way);
    if (below(1000) < roughness_) draw_fault(drawn);
    return drawn;
}

void whole_network::draw_fault(fate& into) {
    ++faults_;
    switch (below(9)) {
        case 0:
            into.arrives = false;
            into.instead = error(error_kind::unavailable, "not connected");
            break;
        case 1:
            into.arrives = false;
            into.instead = error(error_kind::timeout_unknown, "the connection broke");
            break;
        case 2:
        case 3:
            into.instead = error(error_kind::timeout_unknown, "the answer was lost");
            break;
        case 4:
            into.arrives = false;
            into.instead = rate_limited(up_to(5s));
            break;
        case 5:
            into.arrives = false;
            into.instead = page_of_a_proxy(502);
            break;
        case 6:
            into.instead = page_of_a_proxy(504);
            break;
        case 7:
            into.out += up_to(longest_way);
            break;
        default:
            into.back += up_to(longest_way);
            break;
    }
}

asio::awaitable<whole_network::answer> whole_network::carry(base::http::request r) {
    auto const host = r.url.find("://");
    auto const path = host == std::string::npos ? std::string::npos : r.url.find('/', host + 3);
    r.url = path == std::string::npos ? "/" : r.url.substr(path);
    r.remote = "127.0.0.1";
    auto const limit = r.timeout;
    auto one = std::make_shared<journey>(executor_);
    auto drawn = draw();
    travelling_.spawn(travel(one, std::move(r), std::move(drawn)));
    auto arrived = co_await base::with_timeout(time_, journey::ended(one), limit);
    if (!arrived) co_return error(error_kind::timeout_unknown, "no answer in time");
    co_return std::move(*arrived);
}

asio::awaitable<void> whole_network::travel(std::shared_ptr<journey> one, base::http::request r, fate its) {
    co_await time_.sleep(its.out);
    answer said = error(error_kind::unavailable, "not connected");
    if (its.arrives) said = co_await server_.handle(std::move(r));
    co_await time_.sleep(its.back);
    if (its.instead) said = std::move(*its.instead);
    one->end(std::move(said));
}

asio::awaitable<whole_network::answer> whole_network::lose(base::http::request r) {
    co_await time_.sleep(r.timeout);
    co_return error(error_kind::timeout_unknown, "no answer in time");
}

asio::awaitable<void> whole_network::stop() {
    travelling_.cancel();
    co_await travelling_.join();
}

asio::awaitable<base::result<response>> wire::send(base::http::request r) {
    if (power_ && power_->step("before a request")) co_await power_->hang();
    bool const lost = deaf_ && r.url.find("/sync?") != std::string::npos;
    auto const sink = r.sink;
    auto const max_response = r.max_response;
    auto whole = co_await base::http::gather_body(std::move(r));
    if (!whole) co_return whole.error();
    auto way = lost ? net_.lose(std::move(*whole)) : net_.carry(std::move(*whole));
    auto answer = co_await std::move(way);
    if (power_ && power_->step("after a request")) co_await power_->hang();
    if (!answer) co_return answer.error();
    co_return co_await base::http::deliver_body(std::move(*answer), sink, max_response);
}

}  // namespace chatrixcd::test

// SPDX-License-Identifier: Apache-2.0
#include "live_network.hpp"

#include <boost/asio/this_coro.hpp>
#include <exception>

#include <chatrixcd/base/task_group.hpp>

#include "live_view.hpp"

namespace chatrixcd::semaphore::testing {

using boost::asio::awaitable;

// Until it is cut, or cannot keep up.
awaitable<void> live_network::tell(base::http::websocket& to) {
    live_view view(desk_);
    for (int const since = desk_.cuts; since == desk_.cuts;) {
        for (auto const& each : desk_.tasks) each->advance(desk_.time.now(), desk_.as);
        view.look();
        bool keeps_up = view.waiting() <= most_live_waiting;
        while (keeps_up && view.waiting() > 0) keeps_up = to.send(view.take()).has_value();
        if (!keeps_up) break;
        co_await desk_.time.sleep(live_looks_every);
    }
    to.close();
}

awaitable<void> live_network::serve(base::http::websocket& with) {
    base::task_group telling(co_await boost::asio::this_coro::executor, [](std::exception_ptr) {});
    telling.spawn(tell(with));
    ++desk_.open;
    std::exception_ptr thrown;
    try {
        // Whatever clients say means nothing to Semaphore.
        for (;;) {
            auto const said = co_await with.receive();
            if (!said || said->size() > most_said) break;
        }
    } catch (...) {
        thrown = std::current_exception();
    }
    --desk_.open;
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    telling.cancel();
    co_await telling.join();
    if (thrown) std::rethrow_exception(thrown);
}

}  // namespace chatrixcd::semaphore::testing

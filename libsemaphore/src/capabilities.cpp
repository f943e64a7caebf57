// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/semaphore/capabilities.hpp>

namespace chatrixcd::semaphore {

namespace {

using boost::asio::awaitable;

// Tasks are numbered from 1 up, or from 2^31 - 1 down.
constexpr std::int64_t nobodys = 0;

// Whether the call is there, by what it says of a task that is not.
template <class T>
result<bool> is_there(result<T> const& answer) {
    if (answer) return true;
    switch (answer.error().kind()) {
        case base::error_kind::unsupported:
            return false;
        case base::error_kind::not_found:
        case base::error_kind::invalid:
            return true;
        default:
            return answer.error();
    }
}

}  // namespace

awaitable<result<capabilities>> find_capabilities(client& server, project_id in) {
    auto const raw_output = is_there(co_await server.raw_output(in, task_id(nobodys)));
    if (!raw_output) co_return raw_output.error();
    auto const stages = is_there(co_await server.stages(in, task_id(nobodys)));
    if (!stages) co_return stages.error();
    auto const reject = is_there(co_await server.reject(in, task_id(nobodys)));
    if (!reject) co_return reject.error();
    co_return capabilities{*raw_output, *stages, *reject};
}

}  // namespace chatrixcd::semaphore

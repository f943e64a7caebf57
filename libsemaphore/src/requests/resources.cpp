// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/awaitable.hpp>

#include "requests/ask.hpp"

namespace chatrixcd::semaphore {

using boost::asio::awaitable;
using detail::call;
using detail::project_path;

namespace {

call listing(project_id in, std::string_view below, std::string const& what) {
    return call::get(project_path(in, below), "listing " + what).about(detail::no_project(in));
}

}  // namespace

awaitable<result<std::vector<view>>> client::views(project_id in) {
    co_return co_await detail::ask_list<view>(*to_, listing(in, "views", "the views"), detail::read_view);
}

awaitable<result<std::vector<inventory>>> client::inventories(project_id in) {
    co_return co_await detail::ask_list<inventory>(*to_, listing(in, "inventory", "the inventories"), detail::read_inventory);
}

awaitable<result<std::vector<repository>>> client::repositories(project_id in) {
    co_return co_await detail::ask_list<repository>(*to_, listing(in, "repositories", "the repositories"), detail::read_repository);
}

awaitable<result<std::vector<environment>>> client::environments(project_id in) {
    co_return co_await detail::ask_list<environment>(*to_, listing(in, "environment", "the environments"), detail::read_environment);
}

awaitable<result<std::vector<access_key>>> client::keys(project_id in) {
    co_return co_await detail::ask_list<access_key>(*to_, listing(in, "keys", "the keys"), detail::read_key);
}

awaitable<result<std::vector<integration>>> client::integrations(project_id in) {
    co_return co_await detail::ask_list<integration>(*to_, listing(in, "integrations", "the integrations"), detail::read_integration);
}

}  // namespace chatrixcd::semaphore

// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "engine/guarded.hpp"

namespace chatrixcd::chatops {

namespace asio = boost::asio;

namespace {

// More than a person could choose from; a server that never stops counting must not fill our memory.
constexpr std::size_t most_items = 5000;

base::error cannot_list(std::string const& server, base::error const& why) {
    auto told = base::error(why.kind(), "CI `" + server + "` cannot be asked now: " + why.message());
    return std::move(told).with_server_text(why.server_text()).with_hint(why.hint());
}

bool exists_for(named_server const& one, context const& asked) {
    if (one.rooms.empty() || asked.is_private()) return true;
    return std::find(one.rooms.begin(), one.rooms.end(), asked.room()) != one.rooms.end();
}

}  // namespace

ci::server* catalog::server(std::string const& name) const noexcept {
    for (auto const& one : servers_) {
        if (one.name == name) return one.server;
    }
    return nullptr;
}

std::vector<named_server> catalog::servers(context const& asked) const {
    std::vector<named_server> found;
    std::copy_if(servers_.begin(), servers_.end(), std::back_inserter(found), [&](auto const& one) { return exists_for(one, asked); });
    return found;
}

bool catalog::has(context const& asked, std::string const& name) const {
    return std::any_of(servers_.begin(), servers_.end(), [&](auto const& one) { return one.name == name && exists_for(one, asked); });
}

asio::awaitable<base::result<std::vector<known_project>>> catalog::projects(context const& asked) const {
    std::vector<known_project> all;
    for (auto const& one : servers(asked)) {
        ci::page_request which;
        while (true) {
            auto page = co_await guarded(one.server->projects(which), base::error_kind::internal);
            if (!page) co_return cannot_list(one.name, page.error());
            for (auto& item : page->items) all.push_back({one.name, std::move(item), {}});
            if (page->next.empty() || all.size() >= most_items) break;
            which.cursor = page->next;
        }
    }
    co_return all;
}

asio::awaitable<base::result<std::vector<ci::job>>> catalog::jobs(std::string in_server, ci::project_id in) const {
    auto* const asked = server(in_server);
    if (!asked) co_return base::error(base::error_kind::not_found, "There is no CI called `" + in_server + "`.");
    std::vector<ci::job> all;
    ci::page_request which;
    ci::job_query const any;
    while (true) {
        auto page = co_await guarded(asked->jobs(in, any, which), base::error_kind::internal);
        if (!page) co_return cannot_list(in_server, page.error());
        for (auto& item : page->items) all.push_back(std::move(item));
        if (page->next.empty() || all.size() >= most_items) break;
        which.cursor = page->next;
    }
    co_return all;
}

}  // namespace chatrixcd::chatops

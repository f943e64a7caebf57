// SPDX-License-Identifier: Apache-2.0
#include "catalog.hpp"

#include <algorithm>

namespace chatrixcd::chatops::semaphore_ci {

using base::error;
using base::error_kind;
using boost::asio::awaitable;

namespace {

error not_shown(std::string const& project) {
    return error(error_kind::not_found, "the configuration names the project \"" + project + "\", which the server does not show")
        .with_hint("is the user of the token a member of it?");
}

}  // namespace

ci::result<std::vector<semaphore::project>> catalog::allowed(std::vector<semaphore::project> all) const {
    if (how_.projects.empty()) return all;
    std::vector<semaphore::project> chosen;
    for (auto const& word : how_.projects) {
        auto const fits = [&](semaphore::project const& p) { return p.name == word || p.id.str() == word; };
        auto const found = std::find_if(all.begin(), all.end(), fits);
        if (found == all.end()) return not_shown(word);
        chosen.push_back(*found);
    }
    return chosen;
}

awaitable<ci::result<std::vector<semaphore::project>>> catalog::projects() {
    if (projects_ && is_fresh(projects_->since)) co_return projects_->value;
    auto all = co_await server_.projects();
    if (!all) co_return all.error();
    auto chosen = allowed(std::move(*all));
    if (!chosen) co_return chosen.error();
    projects_.emplace(time_.uptime(), *chosen);
    co_return chosen;
}

awaitable<ci::result<std::vector<semaphore::job_template>>> catalog::templates(semaphore::project_id in) {
    auto const listed = co_await projects();
    if (!listed) co_return listed.error();
    auto const is_it = [&](semaphore::project const& p) { return p.id == in; };
    if (std::none_of(listed->begin(), listed->end(), is_it)) co_return error(error_kind::not_found, "there is no project " + in.str());
    auto const known = templates_.find(in);
    if (known != templates_.end() && is_fresh(known->second.since)) co_return known->second.value;
    auto all = co_await server_.templates(in);
    if (!all) co_return all.error();
    kept<std::vector<semaphore::job_template>> fresh(time_.uptime(), *all);
    templates_.insert_or_assign(in, std::move(fresh));
    co_return all;
}

awaitable<std::string> catalog::name_of(semaphore::project_id in, semaphore::template_id which) {
    auto const all = co_await templates(in);
    if (!all) co_return std::string();
    auto const is_it = [&](semaphore::job_template const& t) { return t.id == which; };
    auto const found = std::find_if(all->begin(), all->end(), is_it);
    co_return found == all->end() ? std::string() : found->name;
}

}  // namespace chatrixcd::chatops::semaphore_ci

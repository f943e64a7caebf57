// SPDX-License-Identifier: Apache-2.0
#include "catalog.hpp"

#include <algorithm>

namespace chatrixcd::chatops::semaphore_ci {

using base::error;
using base::error_kind;
using boost::asio::awaitable;

namespace {

bool is_number(std::string const& word) { return !word.empty() && word.find_first_not_of("0123456789") == std::string::npos; }

std::string name_in(std::vector<semaphore::job_template> const& all, semaphore::template_id which) {
    auto const is_it = [&](semaphore::job_template const& t) { return t.id == which; };
    auto const found = std::find_if(all.begin(), all.end(), is_it);
    return found == all.end() ? std::string() : found->name;
}

// A template that is not in a list of so long ago was deleted.
constexpr base::duration list_is_new = std::chrono::seconds(5);

}  // namespace

void catalog::complain(std::string const& what) {
    if (complaints_.insert(what).second) how_.log.warning(what);
}

// A number is one of a project, never its name, which anybody may give to another.
ci::result<std::vector<semaphore::project>> catalog::allowed(std::vector<semaphore::project> all) {
    if (how_.projects.empty()) return all;
    std::vector<semaphore::project> chosen;
    std::string why;
    for (auto const& word : how_.projects) {
        auto const fits = [&](semaphore::project const& p) { return is_number(word) ? p.id.str() == word : p.name == word; };
        auto const count = std::count_if(all.begin(), all.end(), fits);
        if (count == 1) {
            auto const& found = *std::find_if(all.begin(), all.end(), fits);
            auto const is_chosen = [&](semaphore::project const& p) { return p.id == found.id; };
            if (std::none_of(chosen.begin(), chosen.end(), is_chosen)) chosen.push_back(found);
            continue;
        }
        why = count == 0 ? "the configuration names the project \"" + word +
                               "\", which the server does not show: is the user of the token a member?"
                         : "several projects are called \"" + word + "\": the configuration must give the number of the one that is meant";
        complain(why);
    }
    if (chosen.empty()) return error(error_kind::forbidden, why);
    return chosen;
}

awaitable<ci::result<void>> catalog::check_allowed(semaphore::project_id in) {
    auto const listed = co_await projects();
    if (!listed) co_return listed.error();
    auto const is_it = [&](semaphore::project const& p) { return p.id == in; };
    if (std::any_of(listed->begin(), listed->end(), is_it)) co_return ci::result<void>();
    co_return error(error_kind::forbidden, "there is no project " + in.str() + " that may be used here");
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
    auto const allowed_here = co_await check_allowed(in);
    if (!allowed_here) co_return allowed_here.error();
    auto const known = templates_.find(in);
    if (known != templates_.end() && is_fresh(known->second.since)) co_return known->second.value;
    co_return co_await fetch(in);
}

awaitable<ci::result<std::vector<semaphore::job_template>>> catalog::fetch(semaphore::project_id in) {
    auto all = co_await server_.templates(in);
    if (!all) co_return all.error();
    kept<std::vector<semaphore::job_template>> fresh(time_.uptime(), *all);
    templates_.insert_or_assign(in, std::move(fresh));
    co_return all;
}

bool catalog::may_be_behind(semaphore::project_id in) const {
    auto const known = templates_.find(in);
    return known != templates_.end() && time_.uptime() - known->second.since >= list_is_new;
}

void catalog::note_name(semaphore::project_id in, semaphore::template_id which, std::string const& name) {
    if (may_be_behind(in) && name_in(templates_.at(in).value, which) != name) templates_.erase(in);
}

awaitable<std::string> catalog::name_of(semaphore::project_id in, semaphore::template_id which) {
    auto const listed = co_await templates(in);
    if (!listed) co_return std::string();
    auto name = name_in(*listed, which);
    if (!name.empty() || !may_be_behind(in)) co_return name;
    // Something of it runs: the list is of before it was made.
    auto const newer = co_await fetch(in);
    co_return newer ? name_in(*newer, which) : std::string();
}

}  // namespace chatrixcd::chatops::semaphore_ci

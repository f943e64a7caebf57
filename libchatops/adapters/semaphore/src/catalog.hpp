// SPDX-License-Identifier: Apache-2.0
// What the lists of the server said lately.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <chatrixcd/chatops/adapters/semaphore.hpp>

namespace chatrixcd::chatops::semaphore_ci {

class catalog {
public:
    catalog(semaphore::client& server, base::clock& time, semaphore_ci_options const& how) : server_(server), time_(time), how_(how) {}

    // The projects that the configuration names, in its order, of those that the server shows; what it names in vain is logged once. An
    // error if none is left.
    boost::asio::awaitable<ci::result<std::vector<semaphore::project>>> projects();
    // Error forbidden: it is none of them. (Not not_found: what runs there is not gone.)
    boost::asio::awaitable<ci::result<void>> check_allowed(semaphore::project_id in);
    // Of a project that is allowed.
    boost::asio::awaitable<ci::result<std::vector<semaphore::job_template>>> templates(semaphore::project_id in);
    // The name of a template, or empty if no list has it.
    boost::asio::awaitable<std::string> name_of(semaphore::project_id in, semaphore::template_id which);
    // An answer called it so: a list that says otherwise is asked for again when it is wanted next.
    void note_name(semaphore::project_id in, semaphore::template_id which, std::string const& name);

private:
    template <class T>
    class kept {
    public:
        kept(base::duration now, T what) : since(now), value(std::move(what)) {}
        base::duration since;
        T value;
    };
    // Asks for them; what was known stays if there is no answer.
    boost::asio::awaitable<ci::result<std::vector<semaphore::job_template>>> fetch(semaphore::project_id in);
    // Whether it is too old for what was made or renamed just before to be missing in it.
    bool may_be_behind(semaphore::project_id in) const;
    bool is_fresh(base::duration since) const { return time_.uptime() - since < how_.lists_last; }
    ci::result<std::vector<semaphore::project>> allowed(std::vector<semaphore::project> all);
    void complain(std::string const& what);

    semaphore::client& server_;
    base::clock& time_;
    semaphore_ci_options const& how_;
    std::set<std::string> complaints_;
    std::optional<kept<std::vector<semaphore::project>>> projects_;
    std::map<semaphore::project_id, kept<std::vector<semaphore::job_template>>> templates_;
};

}  // namespace chatrixcd::chatops::semaphore_ci

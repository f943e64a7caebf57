// SPDX-License-Identifier: Apache-2.0
// What the CIs offer, asked for anew each time: names and numbers mean what they mean now.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/chatops/ci/server.hpp>
#include <chatrixcd/chatops/command/context.hpp>
#include <chatrixcd/chatops/command/run_target.hpp>
#include <chatrixcd/chatops/engine.hpp>

namespace chatrixcd::chatops {

class catalog {
public:
    explicit catalog(std::vector<named_server> servers) : servers_(std::move(servers)) {}

    // Those that exist where a command was said.
    std::vector<named_server> servers(context const& asked) const;
    bool has(context const& asked, std::string const& name) const;
    // Null if no CI has that name, wherever.
    ci::server* server(std::string const& name) const noexcept;

    // Every project of every CI that exists where a command was said, without jobs. A CI that does not answer fails the whole list: without
    // its projects, numbers would mean others, and a name could seem to be unique.
    boost::asio::awaitable<base::result<std::vector<known_project>>> projects(context const& asked) const;
    // The jobs of one of them.
    boost::asio::awaitable<base::result<std::vector<ci::job>>> jobs(std::string in_server, ci::project_id in) const;

private:
    std::vector<named_server> servers_;
};

}  // namespace chatrixcd::chatops

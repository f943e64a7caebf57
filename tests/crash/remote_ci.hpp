// SPDX-License-Identifier: Apache-2.0
// A CI that outlives the bot's processes: a scripted one behind the test's own HTTP server, and the face that a process sees of it.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include <chatrixcd/base/http.hpp>
#include <chatrixcd/chatops/testing/scripted_ci.hpp>

#include "crash/mortal.hpp"

namespace chatrixcd::test {

inline constexpr char const* ci_prefix = "/ci/";

// Both sides have the same job.
void furnish(chatops::testing::scripted_ci& ci, bool native);

class ci_door final : public base::http::handler {
public:
    explicit ci_door(chatops::testing::scripted_ci& ci) : ci_(ci) {}
    boost::asio::awaitable<base::http::response> handle(base::http::request r) override;

private:
    boost::asio::awaitable<boost::json::object> answer(std::string path, boost::json::object question);

    chatops::testing::scripted_ci& ci_;
};

// What can be known without the server is known here; starts and their fate are there.
class remote_ci final : public chatops::testing::scripted_ci {
    template <class T>
    using call = boost::asio::awaitable<chatops::ci::result<T>>;

public:
    remote_ci(base::clock& time, base::http::transport& network, std::string url)
        : scripted_ci(time), network_(network), url_(std::move(url)) {}

    call<chatops::ci::started> start(chatops::ci::plan exactly, chatops::ci::run_key key) override;
    call<chatops::ci::found> find(chatops::ci::project_id in, chatops::ci::run_key key, chatops::ci::time_point since) override;
    call<chatops::ci::run> get(chatops::ci::run_id id) override;

private:
    call<boost::json::object> ask(std::string what, boost::json::object question);

    base::http::transport& network_;
    std::string url_;
};

}  // namespace chatrixcd::test

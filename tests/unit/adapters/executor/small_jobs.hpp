// SPDX-License-Identifier: Apache-2.0
// A local executor with a handful of real jobs, seen through the port.
#pragma once

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <utility>

#include <chatrixcd/chatops/adapters/executor.hpp>

#include "support/run_coroutine.hpp"

namespace chatrixcd::test {

inline executor::job shell_job(std::string name, std::string script) {
    executor::job what;
    what.name = std::move(name);
    what.argv = {"/bin/sh", "-c", std::move(script)};
    return what;
}

class small_jobs {
public:
    explicit small_jobs(std::string folder = {}) {
        executor::project demo;
        demo.name = "demo";
        demo.description = "to try things out";
        executor::job hello = shell_job("hello", "echo hello; echo \"$1\"; test \"$TOKEN\" != hunter2 || echo got it");
        hello.argv.insert(hello.argv.end(), {"sh", "{who}", "{count}"});
        hello.environment = {{"TOKEN", "{token}"}};
        executor::parameter who;
        who.name = "who";
        who.help = "whom to greet";
        who.default_value = "world";
        executor::parameter count;
        count.name = "count";
        count.type = executor::parameter_type::integer;
        executor::parameter token;
        token.name = "token";
        token.type = executor::parameter_type::secret;
        hello.parameters = {who, count, token};
        demo.jobs = {hello, shell_job("fail", "echo oh; exit 3"), shell_job("slow", "exec /bin/sleep 1000")};
        executor::options settings;
        settings.projects = {demo};
        settings.store_folder = std::move(folder);
        jobs = std::make_unique<executor::server>(loop.get_executor(), *time, *spawner, std::move(settings));
        REQUIRE(wait(jobs->open()).has_value());
        ci = chatops::make_executor_ci(*jobs);
    }
    ~small_jobs() { wait(jobs->stop()); }

    template <class T>
    T wait(boost::asio::awaitable<T> work) {
        return run_coroutine(loop, std::move(work), std::chrono::seconds(60));
    }
    static chatops::ci::run_request request(std::string name, chatops::ci::parameter_values with = {}) {
        return {chatops::ci::job_id(chatops::ci::project_id("demo"), std::move(name)), std::move(with)};
    }

    boost::asio::io_context loop{1};
    std::unique_ptr<base::clock> time = base::make_system_clock();
    std::unique_ptr<executor::spawner> spawner = executor::make_process_spawner();
    std::unique_ptr<executor::server> jobs;
    std::unique_ptr<chatops::ci::server> ci;
};

}  // namespace chatrixcd::test

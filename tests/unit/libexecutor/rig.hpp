// SPDX-License-Identifier: Apache-2.0
// An executor on virtual time, with processes that the test plays.
#pragma once

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <utility>

#include <chatrixcd/base/virtual_clock.hpp>
#include <chatrixcd/executor/server.hpp>

#include "fake_processes.hpp"
#include "support/run_coroutine.hpp"

namespace chatrixcd::test {

inline executor::job simple_job(std::string name) {
    executor::job what;
    what.name = std::move(name);
    what.argv = {"/bin/work", "{what}"};
    executor::parameter p;
    p.name = "what";
    p.default_value = "it";
    what.parameters.push_back(p);
    return what;
}

inline std::vector<executor::project> demo_projects() {
    executor::project demo;
    demo.name = "demo";
    demo.jobs = {simple_job("build"), simple_job("deploy")};
    demo.jobs[1].timeout = std::chrono::seconds(30);
    return {demo};
}

class rig {
public:
    explicit rig(executor::options given = executor::options()) {
        if (given.projects.empty()) given.projects = demo_projects();
        given.store_runner = base::make_inline_store_runner;
        server = std::make_unique<executor::server>(loop.get_executor(), time, spawner, std::move(given));
    }
    ~rig() {
        if (server) stop();
    }

    template <class T>
    T wait(asio::awaitable<T> work) {
        return run_virtual(loop, time, std::move(work));
    }
    // Until nothing is ready, without letting time pass.
    void settle() {
        loop.restart();
        loop.poll();
    }
    void open() { REQUIRE(wait(server->open()).has_value()); }
    void stop() {
        wait(server->stop());
        server.reset();
    }
    base::result<executor::run_id> try_start(std::string key, std::string job = "build", executor::parameter_values with = {}) {
        executor::start_request what("demo", std::move(job), std::move(with), std::move(key));
        auto id = wait(server->start(what));
        settle();
        return id;
    }
    executor::run_id start(std::string key, std::string job = "build", executor::parameter_values with = {}) {
        auto const id = try_start(std::move(key), std::move(job), std::move(with));
        REQUIRE_MESSAGE(id.has_value(), (id ? std::string() : id.error().describe()));
        return *id;
    }
    executor::run get(executor::run_id id) {
        auto const found = wait(server->get(id));
        REQUIRE(found.has_value());
        return *found;
    }
    // Lets time pass until the run has finished.
    executor::run finished(executor::run_id id) {
        for (std::uint64_t after = 0;;) {
            auto const changed = wait(server->changes(after));
            REQUIRE(changed.has_value());
            after = changed->revision;
            if (changed->id == id && is_finished(changed->state)) return *changed;
        }
    }
    played_process& process(std::size_t index) {
        REQUIRE(spawner.started.size() > index);
        return *spawner.started[index];
    }

    asio::io_context loop{1};
    base::virtual_clock time;
    fake_spawner spawner;
    std::unique_ptr<executor::server> server;
};

}  // namespace chatrixcd::test

// SPDX-License-Identifier: Apache-2.0
// A Semaphore with a handful of templates, seen through the port, on virtual time.
#pragma once

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <utility>

#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/virtual_clock.hpp>
#include <chatrixcd/chatops/adapters/semaphore.hpp>
#include <chatrixcd/semaphore/testing/double.hpp>
#include <support/run_coroutine.hpp>

namespace chatrixcd::test {

using semaphore::testing::flavour;

class small_server {
public:
    explicit small_server(flavour as = flavour::v2_16_sql(), chatops::semaphore_ci_options how = {})
        : server(time, std::move(as)), network(server.transport()) {
        auto const web = server.add_project("web");
        auto const hidden = server.add_project("hidden");
        semaphore::testing::script hello;
        hello.prints = {"hello", "world"};
        deploy = server.add_template(web, "deploy", hello,
                                     R"([{"name":"version","title":"Version","required":true,"type":"","description":"what to deploy"},)"
                                     R"({"name":"env","type":"enum","values":[{"name":"Staging","value":"staging"},)"
                                     R"({"name":"Production","value":"prod"}],"default_value":"staging"},)"
                                     R"({"name":"password","type":"secret"}])");
        plain = server.add_template(web, "plain", hello);
        auto failing = hello;
        failing.succeeds = false;
        fail = server.add_template(web, "fail", failing);
        auto endless = hello;
        endless.lasts = std::chrono::hours(100);
        slow = server.add_template(web, "slow", endless);
        auto gated = hello;
        gated.waits_for_confirmation = true;
        plan = server.add_template(web, "plan", gated);
        server.add_schedule(web, "nightly", plain, "0 3 * * *");
        server.add_schedule(web, "", fail, "@every 1h", /*active=*/false);
        secret = server.add_template(hidden, "secret", endless);
        auto client_how = semaphore::client_options("https://ci.example.org",
                                                    semaphore::credentials::token(base::secret(semaphore::testing::server::token)));
        client.emplace(semaphore::client::make(*network, time, *random, std::move(client_how)).value());
        ci = chatops::make_semaphore_ci(*client, time, std::move(how));
    }

    template <class T>
    T wait(boost::asio::awaitable<T> work) {
        return run_virtual(loop, time, std::move(work), std::chrono::hours(1000));
    }
    static chatops::ci::run_request request(semaphore::template_id what, chatops::ci::parameter_values with = {}) {
        return {chatops::ci::job_id(chatops::ci::project_id("1"), what.str()), std::move(with)};
    }
    chatops::ci::result<chatops::ci::started> start(chatops::ci::run_request what, std::string key) {
        auto const made = wait(ci->prepare(std::move(what))).value();
        return wait(ci->start(made, chatops::ci::run_key(std::move(key))));
    }
    chatops::ci::run_id started(chatops::ci::run_request what, std::string key) {
        return std::get<chatops::ci::run_id>(start(std::move(what), std::move(key)).value());
    }
    void pass(base::duration span) { wait(time.sleep(span)); }

    boost::asio::io_context loop{1};
    base::virtual_clock time;
    std::unique_ptr<base::random> random = base::make_seeded_random(1);
    semaphore::testing::server server;
    std::unique_ptr<base::http::transport> network;
    std::optional<semaphore::client> client;
    std::unique_ptr<chatops::ci::server> ci;
    semaphore::template_id deploy, plain, fail, slow, plan;
    semaphore::template_id secret;  // in the project "hidden"
};

}  // namespace chatrixcd::test

// SPDX-License-Identifier: Apache-2.0
// A homeserver that misbehaves: stands before a base::http::handler (the embedded homeserver, or anything else that answers) and spoils
// what the rules say. Hand it to network (no sockets, virtual time) or to base::http::listen() (a real port).
//
//     faults broken(loop.get_executor(), time, *server);
//     broken.on(method::put, "/rooms/{room}/send/{type}/{txn}").for_user("@bot:test").times(2).does(fault::drop_after());
//     broken.on_everything().chance(100).does_one_of(bad_weather());
//
// Rules are asked in the order they were made; the first that applies to a request decides about it. With the same seed and the same
// requests in the same order, the same happens. story() says what happened, a line a fault: print it when a test fails.
// For tests: no configuration of any program reaches it. One thread, the executor's.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <chatrixcd/homeserver/testing/fault.hpp>

namespace chatrixcd::homeserver::testing {

namespace detail {
struct rule_state;
}

class faults final : public base::http::handler {
public:
    // A rule, told in a sentence: on(…).for_user(…).after(2).times(3).does(…). It applies from does() on. Copies are the same rule.
    class rule {
    public:
        explicit rule(std::shared_ptr<detail::rule_state> state) : state_(std::move(state)) {}

        // Only requests of that user ("@bot:test"): whose access token it carries, or who logs in with it.
        rule for_user(std::string user_id) const;
        // Only requests for which it returns true; called once a request that fits otherwise.
        rule when(std::function<bool(base::http::request const&)> predicate) const;
        // Lets the first so many requests that fit pass.
        rule after(std::size_t requests) const;
        // Applies to so many requests, then never again; without it, to all.
        rule times(std::size_t requests) const;
        rule once() const { return times(1); }
        // Applies to a request with a chance of so many in a thousand; the others pass on to the next rule.
        rule chance(unsigned per_mille) const;

        rule does(fault what) const;
        // Each time one of them, by the seed. Not empty.
        rule does_one_of(std::vector<fault> choices) const;

        // How many requests it was applied to.
        std::size_t hits() const noexcept;
        // It applies to no request any more.
        void end() const;

    private:
        std::shared_ptr<detail::rule_state> state_;
    };

    // Clock and server must outlive it, and it must outlive what it is handed to.
    faults(boost::asio::any_io_executor executor, base::clock& time, base::http::handler& server, std::uint64_t seed = 1);
    ~faults() override;

    // A pattern is a path whose segments are literal, "{name}" (any one) or, at its end, "**" (any number of them, none too). One that
    // begins with neither "/_matrix" nor "/.well-known" stands behind "/_matrix/client/" and any version: "/sync", "/rooms/{room}/join".
    rule on(base::http::method verb, std::string_view pattern);
    // With any method.
    rule on(std::string_view pattern);
    rule on_everything();
    // Decides about each request that no rule was applied to; for tests that would rather write code than rules. Empty: nothing.
    void otherwise(std::function<fault(base::http::request const&)> decides);
    // The trouble ends: all rules and otherwise() are gone.
    void clear();

    // Told what the server answered to each request that reached it, before anything is done to the answer.
    void observe(std::function<void(base::http::request const&, base::http::response const&)> told);

    std::size_t requests() const noexcept;
    // How many of them something was done to.
    std::size_t injected() const noexcept;
    // The last 1,000 faults, a line each: "00:01:12.345 #17 PUT /_matrix/… (@bot:test): the server executes it, the answer is lost".
    std::string story() const;

    // May throw base::http::connection_fault; whoever calls it plays the connection.
    boost::asio::awaitable<base::http::response> handle(base::http::request r) override;

private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace chatrixcd::homeserver::testing

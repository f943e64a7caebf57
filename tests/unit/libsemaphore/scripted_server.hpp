// SPDX-License-Identifier: Apache-2.0
// A Semaphore of which a test says every answer, and a client of it on virtual time.
#pragma once

#include <boost/asio/io_context.hpp>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/virtual_clock.hpp>
#include <chatrixcd/semaphore/client.hpp>
#include <support/run_coroutine.hpp>

namespace chatrixcd::test {

// Answers "GET /api/projects" with what was said for it, one answer after the other, and the last again and again; anything else as
// Semaphore answers a route that it does not have.
class scripted_server final : public base::http::transport {
public:
    explicit scripted_server(std::string root = "https://ci.example.org") : root_(std::move(root)) {}

    scripted_server& on(std::string const& asked, unsigned status, std::string body = {}, std::string type = "application/json") {
        answers_[asked].answers.push_back(base::http::response(status, std::move(body), std::move(type)));
        return *this;
    }
    // The answer to the last on() sets a cookie.
    scripted_server& with_cookie(std::string const& asked, std::string cookie) {
        answers_[asked].answers.back().headers.add("Set-Cookie", std::move(cookie));
        return *this;
    }
    // The next requests get no answer.
    void fail(base::error_kind kind, int times) {
        failure_ = kind;
        failures_ = times;
    }

    boost::asio::awaitable<base::result<base::http::response>> send(base::http::request r) override {
        auto const path = r.url.starts_with(root_) ? r.url.substr(root_.size()) : "outside: " + r.url;
        requests.push_back(r);
        requests.back().url = path;
        if (failures_ > 0) {
            --failures_;
            co_return base::error(failure_, "no answer");
        }
        auto const found = answers_.find(std::string(to_string(r.verb)) + " " + path);
        if (found == answers_.end()) co_return base::http::response(404, "Not Found\n", "text/plain; charset=utf-8");
        auto& script = found->second;
        if (script.answers.size() > 1 && script.was_given) script.answers.pop_front();
        script.was_given = true;
        auto answer = script.answers.front();
        co_return answer;
    }

    std::vector<base::http::request> requests;

    std::vector<std::string> asked() const {
        std::vector<std::string> lines;
        for (auto const& r : requests) lines.push_back(std::string(to_string(r.verb)) + " " + r.url);
        return lines;
    }

private:
    struct script_of_a_call {
        std::deque<base::http::response> answers;
        bool was_given = false;  // the first of them
    };

    std::string root_;
    std::map<std::string, script_of_a_call> answers_;
    base::error_kind failure_ = base::error_kind::unavailable;
    int failures_ = 0;
};

// A client with a token, on virtual time.
class semaphore_fixture {
public:
    semaphore::client make(semaphore::credentials who = semaphore::credentials::token(base::secret("t0ken"))) {
        return semaphore::client::make(server, time, *random, semaphore::client_options("https://ci.example.org/", std::move(who))).value();
    }
    template <class T>
    T run(boost::asio::awaitable<T> work) {
        return run_virtual(loop, time, std::move(work));
    }

    boost::asio::io_context loop;
    base::virtual_clock time;
    std::unique_ptr<base::random> random = base::make_seeded_random(1);
    scripted_server server;
};

}  // namespace chatrixcd::test

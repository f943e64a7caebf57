// SPDX-License-Identifier: Apache-2.0
// The executor with real processes on the real clock.
#include <doctest/doctest.h>

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <memory>

#include <chatrixcd/base/files.hpp>
#include <chatrixcd/executor/server.hpp>

#include "support/run_coroutine.hpp"

namespace {

using namespace chatrixcd;
using namespace chatrixcd::executor;
using strings = std::vector<std::string>;

job shell(std::string name, std::string script, parameter_values parameters = {}) {
    job what;
    what.name = std::move(name);
    what.argv = {"/bin/sh", "-c", std::move(script), "sh"};
    for (auto const& [parameter_name, unused] : parameters) {
        parameter p;
        p.name = parameter_name;
        what.parameters.push_back(p);
        what.argv.push_back("{" + parameter_name + "}");
    }
    return what;
}

class machine {
public:
    explicit machine(job what) {
        project demo;
        demo.name = "demo";
        demo.jobs.push_back(std::move(what));
        options settings;
        settings.projects = {demo};
        settings.grace = std::chrono::milliseconds(100);
        server_ = std::make_unique<server>(loop_.get_executor(), *clock_, *spawner_, std::move(settings));
        REQUIRE(wait(server_->open()).has_value());
    }
    ~machine() { wait(server_->stop()); }

    template <class T>
    T wait(boost::asio::awaitable<T> work) {
        return test::run_coroutine(loop_, std::move(work));
    }
    run_id start(parameter_values with = {}) {
        auto const& name = server_->projects()[0].jobs[0].name;
        start_request what("demo", name, std::move(with), "key-" + std::to_string(++keys_));
        return wait(server_->start(what)).value();
    }
    template <class Condition>
    run until(run_id id, Condition reached) {
        for (std::uint64_t after = 0;;) {
            auto const changed = wait(server_->changes(after)).value();
            after = changed.revision;
            if (changed.id == id && reached(changed)) return changed;
        }
    }
    run finished(run_id id) {
        return until(id, [](run const& r) { return is_finished(r.state); });
    }
    // Output while the job runs; each line it prints is waited for.
    strings first_lines(run_id id, std::size_t count) {
        for (;;) {
            auto const got = wait(server_->output(id, 0, count)).value();
            if (got.lines.size() == count || got.complete) return got.lines;
            loop_.restart();
            loop_.run_one_for(std::chrono::seconds(1));
        }
    }
    strings lines(run_id id) { return wait(server_->output(id, 0, 10000)).value().lines; }
    server& jobs() { return *server_; }

private:
    boost::asio::io_context loop_{1};
    std::unique_ptr<base::clock> clock_ = base::make_system_clock();
    std::unique_ptr<spawner> spawner_ = make_process_spawner();
    std::unique_ptr<server> server_;
    int keys_ = 0;
};

// Alive, and not merely waiting to be reaped.
bool lives(std::string const& pid) {
    std::ifstream file("/proc/" + pid + "/stat");
    std::string text;
    std::getline(file, text);
    auto const end = text.rfind(')');
    return end != std::string::npos && text.size() > end + 2 && text[end + 2] != 'Z';
}

// Waits for the process's end (pidfd_open(2)); false if five seconds do not bring it.
bool ends(std::string const& pid) {
    auto const process = static_cast<int>(::syscall(SYS_pidfd_open, std::stoi(pid), 0));
    if (process < 0) return !lives(pid);
    pollfd end{process, POLLIN, 0};
    ::poll(&end, 1, 5000);
    ::close(process);
    return !lives(pid);
}

}  // namespace

TEST_SUITE("executor::processes") {
    TEST_CASE("output of both streams is collected in its order, and the exit status is kept") {
        machine m(shell("mixed", "echo one; echo two >&2; echo three; exit 3"));
        auto const id = m.start();
        auto const run = m.finished(id);
        CHECK(run.state == run_state::failure);
        CHECK(run.detail == "exit status 3");
        CHECK(m.lines(id) == strings{"one", "two", "three"});
    }

    TEST_CASE("parameters arrive as single arguments, untouched by any shell") {
        machine m(shell("show", "printf '<%s>\\n' \"$@\"", {{"a", ""}, {"b", ""}}));
        auto const id = m.start({{"a", "x; touch /tmp/pwned $(id) `id` && *"}, {"b", "two words\n\"quoted\" '"}});
        CHECK(m.finished(id).state == run_state::success);
        CHECK(m.lines(id) == strings{"<x; touch /tmp/pwned $(id) `id` && *>", "<two words", "\"quoted\" '>"});
    }

    TEST_CASE("the environment holds nothing of ours") {
        machine m(shell("env", "/usr/bin/env | /usr/bin/sort | /bin/grep -v -e '^_=' -e '^PWD='"));
        auto const id = m.start();
        CHECK(m.finished(id).state == run_state::success);
        CHECK(m.lines(id) == strings{"PATH=/usr/local/bin:/usr/bin:/bin"});
    }

    TEST_CASE("a job runs in its folder") {
        base::temporary_folder const folder("executor");
        auto what = shell("where", "/bin/pwd -P");
        what.folder = folder.path();
        machine m(what);
        auto const id = m.start();
        CHECK(m.finished(id).state == run_state::success);
        CHECK(m.lines(id) == strings{std::filesystem::canonical(folder.path()).string()});
    }

    TEST_CASE("a program or a folder that does not exist is an error with its name") {
        job nothing;
        nothing.name = "nothing";
        nothing.argv = {"/no/such/program"};
        machine m(nothing);
        auto const run = m.finished(m.start());
        CHECK(run.state == run_state::error);
        CHECK(run.detail.find("/no/such/program") != std::string::npos);
        auto lost = shell("lost", "true");
        lost.folder = "/no/such/folder";
        machine n(lost);
        auto const in_folder = n.finished(n.start());
        CHECK(in_folder.state == run_state::error);
        CHECK(in_folder.detail.find("/no/such/folder") != std::string::npos);
    }

    TEST_CASE("cancel ends the job and everything it started") {
        machine m(
            shell("tree", "trap '' TERM; (trap '' TERM; exec /bin/sleep 1000) & echo $!; echo $$; while :; do /bin/sleep 1000; done"));
        auto const id = m.start();
        auto const pids = m.first_lines(id, 2);
        REQUIRE(pids.size() == 2);
        CHECK(lives(pids[0]));
        REQUIRE(m.wait(m.jobs().cancel(id)).has_value());
        auto const run = m.finished(id);
        CHECK(run.state == run_state::canceled);
        CHECK(run.detail == "killed by signal 9");
        CHECK_FALSE(lives(pids[0]));
        CHECK_FALSE(lives(pids[1]));
    }

    TEST_CASE("what a job leaves running ends with it") {
        machine m(shell("orphan", "/bin/sleep 1000 & echo $!"));
        auto const id = m.start();
        CHECK(m.finished(id).state == run_state::success);
        auto const pids = m.lines(id);
        REQUIRE(pids.size() == 1);
        // Its death is asked for when the job has ended; the kernel takes a moment.
        CHECK(ends(pids[0]));
    }

    TEST_CASE("a job that takes too long is ended") {
        auto what = shell("slow", "exec /bin/sleep 1000");
        what.timeout = std::chrono::milliseconds(50);
        machine m(what);
        auto const run = m.finished(m.start());
        CHECK(run.state == run_state::timed_out);
        CHECK(run.detail == "not finished after 50 ms, killed by signal 15");
    }

    TEST_CASE("a job that writes without end is canceled like any other, and its output stays bounded") {
        machine m(shell("flood", "while :; do echo yes yes yes yes yes yes; done"));
        auto const id = m.start();
        m.first_lines(id, 10000);
        REQUIRE(m.wait(m.jobs().cancel(id)).has_value());
        CHECK(m.finished(id).state == run_state::canceled);
        CHECK(m.lines(id).size() > 100);
    }
}

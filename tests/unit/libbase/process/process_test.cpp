// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/process.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <support/run_coroutine.hpp>

#include "process/observe.hpp"

namespace asio = boost::asio;
namespace base = chatrixcd::base;
namespace test = chatrixcd::test;

namespace {

base::process_spec shell(std::string const& script) {
    base::process_spec spec;
    spec.argv = {"/bin/sh", "-c", script};
    spec.environment = {{"PATH", "/usr/bin:/bin"}};
    return spec;
}

struct outcome {
    std::string output;
    base::process_exit exit;
};

asio::awaitable<outcome> take_all(base::process& job) {
    outcome all;
    while (true) {
        auto event = co_await job.next();
        if (auto* ended = std::get_if<base::process_exit>(&event)) {
            all.exit = *ended;
            co_return all;
        }
        all.output += std::get<base::process_output>(event).bytes;
    }
}

// The next `lines` lines of output, or less if it ends before.
asio::awaitable<std::string> take_lines(base::process& job, int lines) {
    std::string text;
    while (std::count(text.begin(), text.end(), '\n') < lines) {
        auto event = co_await job.next();
        if (std::holds_alternative<base::process_exit>(event)) break;
        text += std::get<base::process_output>(event).bytes;
    }
    co_return text;
}

struct fixture {
    asio::io_context loop{1};
    base::temporary_folder folder{"chatrixcd-process"};

    base::result<std::unique_ptr<base::process>> try_spawn(base::process_spec spec) {
        return test::run_coroutine(loop, base::spawn(loop.get_executor(), std::move(spec)));
    }
    std::unique_ptr<base::process> spawn(base::process_spec spec) { return try_spawn(std::move(spec)).value(); }
    outcome run(base::process_spec spec) {
        auto const job = spawn(std::move(spec));
        return test::run_coroutine(loop, take_all(*job));
    }
    base::error_kind refusal(base::process_spec spec) {
        auto const job = try_spawn(std::move(spec));
        REQUIRE_FALSE(job.has_value());
        return job.error().kind();
    }
    std::string lines(base::process& job, int count) { return test::run_coroutine(loop, take_lines(job, count)); }
};

}  // namespace

TEST_SUITE("base::process") {
    TEST_CASE_FIXTURE(fixture, "both outputs come in the order written, then how it ended") {
        auto const ended = run(shell("echo one; echo two >&2; echo three; exit 7"));
        CHECK(ended.output == "one\ntwo\nthree\n");
        CHECK(ended.exit.status == 7);
        CHECK(ended.exit.signal == 0);
    }

    TEST_CASE_FIXTURE(fixture, "more output than a pipe holds comes whole") {
        auto const ended = run(shell("head -c 3000000 /dev/zero"));
        CHECK(ended.output.size() == 3000000);
        CHECK(ended.exit.status == 0);
    }

    TEST_CASE_FIXTURE(fixture, "a signal is told from an exit status") {
        auto const ended = run(shell("kill -SEGV $$"));
        CHECK(ended.exit.signal == SIGSEGV);
        CHECK(ended.exit.status == 0);
    }

    TEST_CASE_FIXTURE(fixture, "the environment and the arguments are what was given, nothing else") {
        base::process_spec spec;
        spec.argv = {"/usr/bin/env"};
        CHECK(run(spec).output.empty());
        spec.argv = {"env"};
        spec.environment = {{"PATH", "relative:/nowhere:/usr/bin:/bin"}, {"B", "x y\nz"}, {"A", ""}};
        CHECK(run(spec).output == "PATH=relative:/nowhere:/usr/bin:/bin\nB=x y\nz\nA=\n");
        auto quoted = shell("printf '[%s]' \"$@\"");
        quoted.argv.insert(quoted.argv.end(), {"sh", "a b", "", "$(id)", "*"});
        CHECK(run(quoted).output == "[a b][][$(id)][*]");
    }

    TEST_CASE_FIXTURE(fixture, "it starts in its folder, with an empty input, no descriptor of ours, and signals as the system has them") {
        int const leak = ::open("/dev/null", O_RDONLY);
        ::signal(SIGPIPE, SIG_IGN);
        auto spec = shell("pwd; cat; ls /proc/self/fd | tr '\\n' ' '; grep -E 'Sig(Ign|Blk)' /proc/self/status");
        spec.folder = folder.path();
        auto const seen = run(spec).output;
        ::signal(SIGPIPE, SIG_DFL);
        ::close(leak);
        // 3 is the folder that ls reads.
        CHECK(seen == folder.path() + "\n0 1 2 3 SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
    }

    TEST_CASE_FIXTURE(fixture, "it leads a session of its own") {
        auto const job = spawn(shell("echo $$ $(cut -d ' ' -f 5,6 /proc/$$/stat)"));
        auto const pid = std::to_string(job->pid());
        CHECK(lines(*job, 1) == pid + " " + pid + " " + pid + "\n");
        test::run_coroutine(loop, take_all(*job));
    }

    TEST_CASE_FIXTURE(fixture, "what cannot be started is known at once, by its kind") {
        using base::error_kind;
        base::process_spec spec;
        CHECK(refusal(spec) == error_kind::invalid);
        spec.argv = {"/nonexistent/program"};
        CHECK(refusal(spec) == error_kind::not_found);
        spec.argv = {"no-such-program"};
        CHECK(refusal(spec) == error_kind::not_found);
        spec.environment = {{"PATH", "/usr/bin:/bin"}};
        CHECK(refusal(spec) == error_kind::not_found);

        auto const plain = folder.path() + "/plain";
        base::write_file(plain, "text").value();
        spec.argv = {plain};
        CHECK(refusal(spec) == error_kind::forbidden);
        spec.argv = {"plain"};
        spec.environment = {{"PATH", "/bin:" + folder.path()}};
        CHECK(refusal(spec) == error_kind::forbidden);
        spec.argv = {folder.path()};
        CHECK(refusal(spec) == error_kind::forbidden);

        auto lost = shell("true");
        lost.folder = folder.path() + "/missing";
        auto const refused = try_spawn(lost);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().kind() == error_kind::environment);
        CHECK(refused.error().message().find(lost.folder) != std::string::npos);

        auto odd = shell("true");
        odd.argv.push_back(std::string("a\0b", 3));
        CHECK(refusal(odd) == error_kind::invalid);
        odd = shell("true");
        odd.environment.emplace_back("A=B", "c");
        CHECK(refusal(odd) == error_kind::invalid);
        odd = shell("true");
        odd.argv.push_back(std::string(4U << 20U, 'x'));
        CHECK(refusal(odd) == error_kind::invalid);
        CHECK(test::children_of(::getpid()).empty());
    }

    TEST_CASE_FIXTURE(fixture, "terminate asks, kill does not") {
        auto const polite = spawn(shell("trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.01; done"));
        CHECK(lines(*polite, 1) == "ready\n");
        polite->terminate();
        auto const left = test::run_coroutine(loop, take_all(*polite));
        CHECK(left.output.ends_with("bye\n"));
        CHECK(left.exit.status == 3);

        auto const stubborn = spawn(shell("trap '' TERM; echo ready; while :; do sleep 0.01; done"));
        CHECK(lines(*stubborn, 1) == "ready\n");
        stubborn->terminate();
        stubborn->kill();
        CHECK(test::run_coroutine(loop, take_all(*stubborn)).exit.signal == SIGKILL);
        // Late orders reach nobody.
        stubborn->kill();
        stubborn->terminate();
    }

    TEST_CASE_FIXTURE(fixture, "terminate reaches the whole group") {
        auto const job = spawn(shell("sleep 1000 & echo $!; wait"));
        test::watched_process const child(std::stoi(lines(*job, 1)));
        job->terminate();
        CHECK(test::run_coroutine(loop, take_all(*job)).exit.signal == SIGTERM);
        CHECK(child.has_ended());
    }

    TEST_CASE_FIXTURE(fixture, "descendants that have fled to sessions of their own die with the job, however it ends") {
        // Each is two forks away, in its own session, deaf to what can be ignored, and holds the output open.
        std::string const flee =
            "setsid sh -c 'trap \"\" TERM HUP INT; sh -c \"echo \\$\\$; exec sleep 1000\" & echo $$; exec sleep 1000' & ";
        for (std::string const end : {"read x < wait; exit 5", "read x < wait"}) {
            CAPTURE(end);
            auto spec = shell("mkfifo wait; " + flee + end);
            spec.folder = folder.path();
            auto const job = spawn(spec);
            auto const pids = lines(*job, 2);
            test::watched_process const first(std::stoi(pids));
            test::watched_process const second(std::stoi(pids.substr(pids.find('\n'))));
            CHECK_FALSE(first.has_ended());
            CHECK_FALSE(second.has_ended());
            if (end.ends_with("5")) {
                int const fifo = ::open((folder.path() + "/wait").c_str(), O_WRONLY);
                ::close(fifo);
                CHECK(test::run_coroutine(loop, take_all(*job)).exit.status == 5);
            } else {
                job->kill();
                CHECK(test::run_coroutine(loop, take_all(*job)).exit.signal == SIGKILL);
            }
            // process_exit came last: nothing needs to be waited for.
            CHECK(first.has_ended());
            CHECK(second.has_ended());
            ::unlink((folder.path() + "/wait").c_str());
        }
        CHECK(test::children_of(::getpid()).empty());
    }

    TEST_CASE_FIXTURE(fixture, "a job that has closed its output is still waited for") {
        auto const ended = run(shell("echo a; exec >&- 2>&-; sleep 0.05; exit 4"));
        CHECK(ended.output == "a\n");
        CHECK(ended.exit.status == 4);
    }

    TEST_CASE_FIXTURE(fixture, "a process object that goes takes the job with it, and leaves no zombie") {
        auto job = spawn(shell("sleep 1000 & echo $!; wait"));
        test::watched_process const leader(job->pid());
        test::watched_process const child(std::stoi(lines(*job, 1)));
        job.reset();
        loop.restart();
        loop.run();  // ends when the supervisor is buried
        CHECK(leader.has_ended());
        CHECK(child.has_ended());
        CHECK(test::children_of(::getpid()).empty());
    }

    TEST_CASE_FIXTURE(fixture, "next can be cancelled and called again") {
        auto const job = spawn(shell("sleep 1000"));
        auto scene = [&]() -> asio::awaitable<void> {
            base::task_group tasks(loop.get_executor(), nullptr);
            auto wait = [&]() -> asio::awaitable<void> { co_await job->next(); };
            tasks.spawn(wait());
            co_await asio::post(loop, asio::use_awaitable);
            tasks.cancel();
            co_await tasks.join();
        };
        test::run_coroutine(loop, scene());
        job->kill();
        CHECK(test::run_coroutine(loop, take_all(*job)).exit.signal != 0);
    }

    TEST_CASE_FIXTURE(fixture, "when the supervisor is killed, the job dies and the end is told") {
        auto const job = spawn(shell("echo ready; exec sleep 1000"));
        CHECK(lines(*job, 1) == "ready\n");
        test::watched_process const leader(job->pid());
        auto const supervisors = test::children_of(::getpid());
        REQUIRE(supervisors.size() == 1);
        ::kill(supervisors.front(), SIGKILL);
        CHECK(test::run_coroutine(loop, take_all(*job)).exit.signal == SIGKILL);
        CHECK(leader.ends());
    }

    TEST_CASE_FIXTURE(fixture, "when the parent is killed, the job and all below it are gone") {
        int pipe_ends[2];
        REQUIRE(::pipe2(pipe_ends, O_CLOEXEC) == 0);
        pid_t const parent = ::fork();
        if (parent == 0) {
            // A program with a job, which is killed without warning.
            asio::io_context own(1);
            auto start = [&]() -> asio::awaitable<void> {
                auto started =
                    co_await base::spawn(own.get_executor(), shell("setsid sleep 1000 & echo $!; sleep 1000 & echo $! $$; wait"));
                auto const pids = co_await take_lines(**started, 2);
                auto const written = ::write(pipe_ends[1], pids.data(), pids.size());
                if (written > 0) ::close(pipe_ends[1]);
                co_await take_all(**started);
            };
            test::run_coroutine(own, start(), std::chrono::seconds(60));
            ::_exit(0);
        }
        ::close(pipe_ends[1]);
        std::string text;
        for (char byte = 0; ::read(pipe_ends[0], &byte, 1) == 1;) text += byte;
        ::close(pipe_ends[0]);
        std::istringstream pids(text);
        std::vector<std::unique_ptr<test::watched_process>> below;
        for (pid_t pid = 0; pids >> pid;) below.push_back(std::make_unique<test::watched_process>(pid));
        REQUIRE(below.size() == 3);
        for (auto const& one : below) CHECK_FALSE(one->has_ended());
        ::kill(parent, SIGKILL);
        ::waitpid(parent, nullptr, 0);
        for (auto const& one : below) CHECK(one->ends());
    }
}

// SPDX-License-Identifier: Apache-2.0
// Disks that are full, read-only or locked by somebody else: one line, no busy work, and nothing lost once they work again.
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <fstream>

#include "matrix/hostile_rig.hpp"

namespace chatrixcd::test {

using namespace std::chrono_literals;
using base::http::method;

namespace {

// No file may grow beyond what it has: what a write beyond that gets is what a full disk gives, an error of the system.
class full_disk {
public:
    explicit full_disk(rlim_t largest) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        ::sigaction(SIGXFSZ, nullptr, &handler_);
        ::signal(SIGXFSZ, SIG_IGN);
        rlimit const small{largest, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &small);
    }
    ~full_disk() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        ::sigaction(SIGXFSZ, &handler_, nullptr);
    }
    full_disk(full_disk const&) = delete;
    full_disk& operator=(full_disk const&) = delete;

private:
    rlimit before_{};
    struct sigaction handler_ {};
};

rlim_t size_of(std::string const& path) {
    struct stat about {};
    return ::stat(path.c_str(), &about) == 0 ? static_cast<rlim_t>(about.st_size) : 0;
}

}  // namespace

TEST_SUITE("matrix::hostile store") {
    TEST_CASE("a disk that is really full stops delivery with one line, and what came meanwhile is handled once there is room") {
        echo_rig r;
        r.open();
        r.commands(3);
        r.w.pass(10s);
        CHECK(r.heard == r.said);
        auto const asked = r.faults().requests();
        {
            full_disk const full(std::max(size_of(r.w.path("store/matrix.db-wal")), size_of(r.w.path("store/matrix.db"))));
            for (int i = 0; i < 10; ++i) {
                r.command();
                r.w.pass(3min);
            }
        }
        CHECK(r.faults().requests() - asked < 400);
        CHECK(r.logged("matrix.store: the store does not work: delivery pauses until it does") == 1);
        r.expect_each_once();
        CHECK(r.logged("matrix.store: the store works again") == 1);
    }

    TEST_CASE("whatever the store says, whenever it says it: the line has its words, and nothing is lost or doubled") {
        for (auto const* words :
             {"database or disk is full", "attempt to write a readonly database", "database is locked", "disk I/O error"}) {
            for (bool const answered : {false, true}) {
                INFO(words, answered ? ", after the commit" : ", before the commit");
                echo_rig r;
                bool broken = false;
                std::size_t tries = 0;
                auto const trouble = [&] {
                    if (!broken) return;
                    ++tries;
                    throw std::runtime_error(words);
                };
                base::store_hooks hooks;
                (answered ? hooks.after_commit : hooks.before_commit) = trouble;
                r.open([&](matrix::options& o) { o.store_hooks(hooks); });
                r.commands(2);
                for (int i = 0; i < 4; ++i) {
                    broken = i % 2 == 0;
                    r.w.pass(20min);
                    r.command();
                }
                broken = false;
                CHECK(tries > 10);
                CHECK(tries < 4000);
                CHECK(r.logged(words) > 0);
                CHECK(r.logged("matrix.store: the store does not work") <= 2 + (answered ? 2U : 0U));
                r.expect_each_once();
            }
        }
    }

    TEST_CASE("a folder that cannot be a store, or holds something else, is one clear error at the start") {
        echo_rig r;
        auto const refused = [&](std::string const& folder) {
            auto client = r.w.make_client("", [&](matrix::options& o) { o.store(folder); });
            auto source = matrix::login::password(matrix::user_id("@bot:test"), base::secret(password));
            auto const started = r.w.run(client->start(std::move(source)));
            r.w.stop(*client);
            REQUIRE_FALSE(started);
            CHECK(started.error().kind() == base::error_kind::environment);
            return started.error().describe();
        };
        CHECK(contains(refused("/proc/chatrixcd"), "/proc/chatrixcd"));
        auto const file = r.w.path("file");
        std::ofstream(file) << "no folder";
        CHECK(contains(refused(file), file));
        auto const foreign = r.w.path("foreign");
        ::mkdir(foreign.c_str(), 0700);
        std::ofstream(foreign + "/matrix.db") << std::string(8192, 'x');
        CHECK(contains(refused(foreign), "not a database"));
    }

    TEST_CASE("a disk that is full while a new token must be stored: the token is asked for again, not used unstored") {
        echo_rig r;
        bool broken = false;
        base::store_hooks hooks;
        hooks.before_commit = [&] {
            if (broken) throw std::runtime_error("database or disk is full");
        };
        r.open([&](matrix::options& o) { o.store_hooks(hooks); });
        bool dead = true;
        std::string first;
        r.w.network->faults = [&](base::http::request const& q) {
            auto const token = q.headers.get("Authorization").value_or("");
            if (!token.empty() && first.empty()) first = token;
            return dead && !token.empty() && token == first ? fault::unknown_token(true) : fault::none();
        };
        auto const logins = r.faults().on(method::post, "/login").does(fault::none());
        broken = true;
        r.command();
        r.w.pass(30min);
        CHECK(logins.hits() > 1);
        CHECK(logins.hits() < 200);
        broken = false;
        r.w.pass(5min);
        r.expect_each_once();
    }
}

}  // namespace chatrixcd::test

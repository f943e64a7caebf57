// SPDX-License-Identifier: Apache-2.0
#include "crash/mortal.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <new>
#include <stdexcept>

namespace chatrixcd::test {

ledger::ledger() {
    auto* const memory = ::mmap(nullptr, sizeof(page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::runtime_error("no shared memory");
    page_ = new (memory) page{};
}

ledger::~ledger() { ::munmap(page_, sizeof(page)); }

void ledger::clear(std::uint64_t fatal) noexcept {
    page_->count = 0;
    page_->fatal = fatal;
    page_->commits = 0;
    page_->last = {};
}

base::store_hooks mortal::hooks() {
    base::store_hooks made;
    made.before_commit = [this] { reach("before a commit"); };
    made.after_commit = [this] {
        reach("after a commit");
        tell();
    };
    made.vfs = disk_.name();
    return made;
}

void mortal::die(std::string_view what) {
    what.copy(page_.last.data(), page_.last.size() - 1);
    ::kill(::getpid(), SIGKILL);
    for (;;) ::pause();
}

void mortal::tell() {
    ++page_.commits;
    // Whoever does not listen just now will look at the number.
    ::send(line_, "c", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

std::string mortal::about(std::string_view what, std::string const& path) const {
    return std::string(what) + " " + std::filesystem::path(path).filename().string();
}

disk_watcher::verdict mortal::writes(std::string const& path, std::size_t, std::string_view) {
    reach(about("before a write of", path));
    return is_fatal() ? verdict::half : verdict::all;
}

bool mortal::truncates(std::string const& path, std::size_t) {
    reach(about("before the truncation of", path));
    return true;
}

bool mortal::syncs(std::string const& path) {
    reach(about("before a sync of", path));
    return true;
}

bool mortal::removes(std::string const& path, bool) {
    reach(about("before the removal of", path));
    return true;
}

boost::asio::awaitable<base::result<base::http::response>> mortal_network::send(base::http::request r) {
    auto const name = std::string(base::http::to_string(r.verb)) + " " + r.url;
    r.timeout = std::max<std::chrono::milliseconds>(r.timeout, std::chrono::hours(1));
    process_.reach("before " + name);
    auto answer = co_await inner_.send(std::move(r));
    process_.reach("after " + name);
    co_return answer;
}

}  // namespace chatrixcd::test

// SPDX-License-Identifier: Apache-2.0
// Where a real process can die: every boundary that it reaches is numbered from 1, over all its threads, and at the fatal one it gets
// SIGKILL. How far it came can be read by the process that made it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/store.hpp>

#include "support/disk/watched_disk.hpp"

namespace chatrixcd::test {

// Shared memory, made before the fork.
class ledger {
public:
    ledger();
    ~ledger();
    ledger(ledger const&) = delete;
    ledger& operator=(ledger const&) = delete;

    // For the next process; `fatal`: 0 for a long life.
    void clear(std::uint64_t fatal) noexcept;
    // The process that lives now dies at its n-th boundary from here.
    void arm(std::uint64_t n) noexcept { page_->fatal = page_->count + n; }
    std::uint64_t reached() const noexcept { return page_->count; }
    // How often it has changed a database.
    std::uint64_t commits() const noexcept { return page_->commits; }
    // What was about to be done when the process died.
    std::string last() const { return page_->last.data(); }

private:
    friend class mortal;
    struct page {
        std::atomic<std::uint64_t> count;
        std::atomic<std::uint64_t> fatal;
        std::atomic<std::uint64_t> commits;
        std::array<char, 120> last;
    };
    page* page_;
};

class mortal final : private disk_watcher {
public:
    // `line`: where it says that it has committed something.
    mortal(ledger& book, int line) : page_(*book.page_), line_(line), disk_(*this) {}

    void reach(std::string_view what) {
        if (is_fatal()) die(what);
    }
    // Every commit is a boundary, before and after it, and every change of the disk, before it and in the middle of it.
    base::store_hooks hooks();

private:
    // At the boundary, or at the first one after it, if it was named too late.
    bool is_fatal() noexcept {
        auto const now = ++page_.count;
        auto const fatal = page_.fatal.load();
        return fatal != 0 && now >= fatal;
    }
    [[noreturn]] void die(std::string_view what);
    void tell();
    std::string about(std::string_view what, std::string const& path) const;

    bool opens(std::string const&, bool) override { return true; }
    verdict writes(std::string const& path, std::size_t offset, std::string_view bytes) override;
    void wrote_half() override { die("in the middle of a write"); }
    bool truncates(std::string const& path, std::size_t size) override;
    bool syncs(std::string const& path) override;
    bool removes(std::string const& path, bool sync_folder) override;

    ledger::page& page_;
    int line_;
    watched_disk disk_;
};

// Every request is a boundary: before it leaves, and after its answer came. It has all the time it needs: a machine that stands still for
// half a minute, as virtual ones do, must not look like a homeserver that does not answer.
class mortal_network final : public base::http::transport {
public:
    mortal_network(base::http::transport& inner, mortal& process) : inner_(inner), process_(process) {}
    boost::asio::awaitable<base::result<base::http::response>> send(base::http::request r) override;

private:
    base::http::transport& inner_;
    mortal& process_;
};

}  // namespace chatrixcd::test

// SPDX-License-Identifier: Apache-2.0
// A disk that loses, when the power fails, what was not synced: bytes, sizes, and names of files whose folder was not synced. One thread.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <chatrixcd/base/random.hpp>

#include "support/disk/watched_disk.hpp"

namespace chatrixcd::test {

class fragile_disk final : private disk_watcher {
public:
    fragile_disk() : disk_(*this) {}

    // For base::store_hooks.
    std::string const& vfs() const noexcept { return disk_.name(); }

    // The power fails at the change of this number, counted from 1; from then on nothing is changed any more.
    void fail_at(std::size_t step) { fail_at_ = step; }
    void fail() noexcept { failed_ = true; }
    bool has_failed() const noexcept { return failed_; }
    std::size_t steps() const noexcept { return steps_; }
    // Asked before each change, with its name; true: the power fails now.
    std::function<bool(std::string const&)> on_step;

    // What a disk still has of that which was not synced.
    enum class rest {
        nothing,  // all of it is lost
        torn,     // each sector of 512 bytes, each change of a size and each name by the toss of a coin
    };
    // A while later everything is synced, whoever has changed it.
    void settle() { files_.clear(); }
    // The power is back: the files get what the disk has kept. Every connection must be closed.
    void come_back(base::random& coin, rest of);

private:
    static constexpr std::size_t sector = 512;

    struct change {
        std::size_t offset;
        std::string bytes;
        bool is_size = false;  // the file ends at `offset` now
    };
    struct image {
        std::string synced;
        std::vector<change> since;
        bool exists = true;
        bool name_synced = true;            // that it exists, or that it does not any more
        std::optional<std::string> before;  // what a file of this name held whose end was never synced
        bool syncs_folder = false;          // with its next sync
    };

    bool opens(std::string const& path, bool syncs_folder) override;
    verdict writes(std::string const& path, std::size_t offset, std::string_view bytes) override;
    bool truncates(std::string const& path, std::size_t size) override;
    bool syncs(std::string const& path) override;
    bool removes(std::string const& path, bool sync_folder) override;

    bool goes_on(std::string_view what, std::string const& path);
    void sync_folder_of(std::string const& path);
    static void apply(std::string& content, change const& one, std::size_t first, std::size_t last);

    watched_disk disk_;
    std::map<std::string, image> files_;
    std::size_t fail_at_ = 0;
    std::size_t steps_ = 0;
    bool failed_ = false;
};

}  // namespace chatrixcd::test

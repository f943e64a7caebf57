// SPDX-License-Identifier: Apache-2.0
// A SQLite VFS over the system's own. Whatever a database changes on the disk passes a watcher first, who may let it, stop it in the
// middle, refuse it, or end the process.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3_vfs;

namespace chatrixcd::test {

// Called on the thread that changes the disk, before the change.
class disk_watcher {
public:
    enum class verdict { all, half, none };  // none: the call fails with SQLITE_IOERR

    virtual ~disk_watcher() = default;
    // `syncs_folder`: a journal that is made now, with whose first sync the folder is synced, too, as the system's own VFS does it.
    virtual bool opens(std::string const& path, bool syncs_folder) = 0;
    virtual verdict writes(std::string const& path, std::size_t offset, std::string_view bytes) = 0;
    // The first half of a write has been done, as writes() has said.
    virtual void wrote_half() {}
    virtual bool truncates(std::string const& path, std::size_t size) = 0;
    virtual bool syncs(std::string const& path) = 0;
    virtual bool removes(std::string const& path, bool sync_folder) = 0;
};

class watched_disk {
public:
    // Registers a VFS under a name that nobody else has. Every file must be closed before the disk is destroyed.
    explicit watched_disk(disk_watcher& watcher);
    ~watched_disk();
    watched_disk(watched_disk const&) = delete;
    watched_disk& operator=(watched_disk const&) = delete;

    // For base::store_hooks.
    std::string const& name() const noexcept { return name_; }

private:
    std::string name_;
    std::unique_ptr<sqlite3_vfs> vfs_;
};

}  // namespace chatrixcd::test

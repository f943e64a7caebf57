// SPDX-License-Identifier: Apache-2.0
#include "support/disk/watched_disk.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <stdexcept>

namespace chatrixcd::test {

namespace {

// SQLite allocates szOsFile bytes: ours, and behind them the system's own file.
struct watched_file {
    sqlite3_file head;
    disk_watcher* watcher;
    std::string* path;
    sqlite3_file* real;
};
constexpr int own_size = static_cast<int>((sizeof(watched_file) + 15U) / 16U * 16U);

sqlite3_vfs* system_vfs() {
    static sqlite3_vfs* const found = sqlite3_vfs_find("unix");
    return found;
}

watched_file& of(sqlite3_file* file) { return *reinterpret_cast<watched_file*>(file); }
sqlite3_file* real_of(sqlite3_file* file) { return of(file).real; }

int close_file(sqlite3_file* file) {
    auto& one = of(file);
    auto const done = one.real->pMethods->xClose(one.real);
    delete one.path;
    one.path = nullptr;
    return done;
}

int write_file(sqlite3_file* file, void const* bytes, int size, sqlite3_int64 offset) {
    auto& one = of(file);
    std::string_view const what(static_cast<char const*>(bytes), static_cast<std::size_t>(size));
    auto const verdict = one.watcher->writes(*one.path, static_cast<std::size_t>(offset), what);
    if (verdict == disk_watcher::verdict::none) return SQLITE_IOERR_WRITE;
    if (verdict == disk_watcher::verdict::all) return one.real->pMethods->xWrite(one.real, bytes, size, offset);
    one.real->pMethods->xWrite(one.real, bytes, size / 2, offset);
    one.watcher->wrote_half();
    return SQLITE_IOERR_WRITE;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    auto& one = of(file);
    if (!one.watcher->truncates(*one.path, static_cast<std::size_t>(size))) return SQLITE_IOERR_TRUNCATE;
    return one.real->pMethods->xTruncate(one.real, size);
}

int sync_file(sqlite3_file* file, int flags) {
    auto& one = of(file);
    if (!one.watcher->syncs(*one.path)) return SQLITE_IOERR_FSYNC;
    return one.real->pMethods->xSync(one.real, flags);
}

int read_file(sqlite3_file* f, void* into, int size, sqlite3_int64 from) {
    return real_of(f)->pMethods->xRead(real_of(f), into, size, from);
}
int file_size(sqlite3_file* f, sqlite3_int64* size) { return real_of(f)->pMethods->xFileSize(real_of(f), size); }
int lock(sqlite3_file* f, int level) { return real_of(f)->pMethods->xLock(real_of(f), level); }
int unlock(sqlite3_file* f, int level) { return real_of(f)->pMethods->xUnlock(real_of(f), level); }
int is_reserved(sqlite3_file* f, int* out) { return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out); }
int control(sqlite3_file* f, int what, void* with) { return real_of(f)->pMethods->xFileControl(real_of(f), what, with); }
int sector_size(sqlite3_file* f) { return real_of(f)->pMethods->xSectorSize(real_of(f)); }
int characteristics(sqlite3_file* f) { return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f)); }
int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
    return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, out);
}
int shm_lock(sqlite3_file* f, int offset, int n, int flags) { return real_of(f)->pMethods->xShmLock(real_of(f), offset, n, flags); }
void shm_barrier(sqlite3_file* f) { real_of(f)->pMethods->xShmBarrier(real_of(f)); }
int shm_unmap(sqlite3_file* f, int remove) { return real_of(f)->pMethods->xShmUnmap(real_of(f), remove); }

// Version 2: the wal-index, but no memory-mapped reading.
sqlite3_io_methods const methods{2,        close_file,  read_file,   write_file, truncate_file, sync_file,       file_size,
                                 lock,     unlock,      is_reserved, control,    sector_size,   characteristics, shm_map,
                                 shm_lock, shm_barrier, shm_unmap,   nullptr,    nullptr};

int open_file(sqlite3_vfs* vfs, char const* name, sqlite3_file* file, int flags, int* flags_out) {
    // Temporary files have no name, and no use after a crash.
    if (name == nullptr) return system_vfs()->xOpen(system_vfs(), name, file, flags, flags_out);
    auto& one = of(file);
    one.head.pMethods = nullptr;
    one.watcher = static_cast<disk_watcher*>(vfs->pAppData);
    one.real = reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + own_size);
    constexpr int journals = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
    bool const makes = (flags & SQLITE_OPEN_CREATE) != 0;
    if (!makes && !std::filesystem::exists(name)) return SQLITE_CANTOPEN;
    if (!one.watcher->opens(name, makes && (flags & journals) != 0)) return SQLITE_CANTOPEN;
    auto const opened = system_vfs()->xOpen(system_vfs(), name, one.real, flags, flags_out);
    if (opened != SQLITE_OK) return opened;
    one.path = new std::string(name);
    one.head.pMethods = &methods;
    return SQLITE_OK;
}

int remove_file(sqlite3_vfs* vfs, char const* name, int sync_folder) {
    auto& watcher = *static_cast<disk_watcher*>(vfs->pAppData);
    if (!watcher.removes(name, sync_folder != 0)) return SQLITE_IOERR_DELETE;
    return system_vfs()->xDelete(system_vfs(), name, sync_folder);
}

}  // namespace

watched_disk::watched_disk(disk_watcher& watcher) : vfs_(std::make_unique<sqlite3_vfs>(*system_vfs())) {
    static unsigned disks = 0;
    name_ = "watched-" + std::to_string(++disks);
    // The other calls of the system's VFS do not look at whose they are.
    vfs_->iVersion = 2;
    vfs_->szOsFile = own_size + system_vfs()->szOsFile;
    vfs_->pNext = nullptr;
    vfs_->zName = name_.c_str();
    vfs_->pAppData = &watcher;
    vfs_->xOpen = open_file;
    vfs_->xDelete = remove_file;
    if (sqlite3_vfs_register(vfs_.get(), /*makeDflt=*/0) != SQLITE_OK) throw std::runtime_error("SQLite takes no VFS");
}

watched_disk::~watched_disk() { sqlite3_vfs_unregister(vfs_.get()); }

}  // namespace chatrixcd::test

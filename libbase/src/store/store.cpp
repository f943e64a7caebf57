// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/store.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "async/resume_later.hpp"
#include "files/descriptor.hpp"
#include "store/commit_queue.hpp"
#include "store/migrate.hpp"
#include "store/seal_older.hpp"
#include "store/seal_record.hpp"

namespace chatrixcd::base {

namespace asio = boost::asio;

namespace {

error unusable(std::string const& path, std::string const& reason) {
    auto const name = path.empty() ? std::string("in memory") : path;
    return error(error_kind::environment, "the database " + name + " cannot be used: " + reason);
}
error unusable(std::string const& path, error const& why) { return unusable(path, why.message()).with_hint(why.hint()); }

// SQLite gives its other files (-wal, -shm) the mode of the main one. An existing file is not opened here: closing it again would
// drop the POSIX locks that this process may hold on it through another connection.
result<void> prepare_file(std::string const& path) {
    files::descriptor const made(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (made) {
        auto const folder = std::filesystem::path(path).parent_path();
        return files::sync_folder(folder.empty() ? "." : folder.string());
    }
    if (errno != EEXIST || ::chmod(path.c_str(), 0600) != 0) return unusable(path, std::generic_category().message(errno));
    return {};
}

}  // namespace

struct store::impl : commit_queue {
    using commit_queue::commit_queue;
};

store::store(std::unique_ptr<impl> self) : impl_(std::move(self)) {}
store::~store() = default;

result<std::unique_ptr<store>> store::open(store_options options, std::unique_ptr<store_runner> runner) {
    if (!options.path.empty()) {
        auto prepared = prepare_file(options.path);
        if (!prepared) return prepared.error();
    }
    try {
        auto db = std::make_unique<database>(options.path, options.hooks.vfs);
        auto record = seal_record::open(*db, options.sealed, options.key);
        if (!record) return unusable(options.path, record.error());
        auto const noted = [&](std::int64_t step) { return record->note_step(*db, step); };
        auto const migrated = migrate(*db, options.migrations, noted);
        if (!migrated) return unusable(options.path, migrated.error());
        auto const begun = record->begin(*db);
        if (!begun) return unusable(options.path, begun.error());
        if (record->is_unfinished() && seal_older(*db, options.sealed, record->seals(), options.hooks)) record->finish(*db);
        auto self = std::make_unique<impl>(std::move(db), std::move(record->seals()), std::move(options.hooks), std::move(runner));
        return std::unique_ptr<store>(new store(std::move(self)));
    } catch (store_error const& e) {
        return unusable(options.path, e.what());
    }
}

result<void> store::examine_key(std::string const& path, store_key_source const& key) {
    if (::access(path.c_str(), F_OK) != 0) return {};
    try {
        database db(path);
        auto const record = seal_record::open(db, {}, key);
        if (!record) return unusable(path, record.error());
    } catch (store_error const& e) {
        return unusable(path, e.what());
    }
    return {};
}

asio::awaitable<void> store::run(std::function<void(transaction&)> work) {
    auto initiate = [this, &work](auto handler) {
        impl_->push(std::move(work), async::resume_later<std::exception_ptr>(std::move(handler)));
    };
    co_await asio::async_initiate<asio::use_awaitable_t<> const, void(std::exception_ptr)>(initiate, asio::use_awaitable);
}

std::uint64_t store::commits() const noexcept { return impl_->commits(); }

}  // namespace chatrixcd::base

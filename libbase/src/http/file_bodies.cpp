// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

#include <chatrixcd/base/http_files.hpp>

#include "files/descriptor.hpp"

namespace chatrixcd::base::http {

namespace asio = boost::asio;

namespace {

error broken(std::string const& what, int reason) {
    return error(error_kind::environment, what + ": " + std::generic_category().message(reason));
}

// What the jobs on the pool work on. A job keeps it alive: it may end after whoever waits for it.
struct open_file {
    open_file(int number, std::string name) : file(number), path(std::move(name)) {}

    result<std::string> read_at(std::uint64_t offset, std::size_t most) const {
        std::string piece(most, '\0');
        while (true) {
            auto const got = ::pread(file.get(), piece.data(), most, static_cast<off_t>(offset));
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return broken(path + " cannot be read", errno);
            if (got == 0) return error(error_kind::environment, path + " became shorter while it was sent");
            piece.resize(static_cast<std::size_t>(got));
            return piece;
        }
    }
    result<void> write_at(std::uint64_t offset, std::string_view content) const {
        while (!content.empty()) {
            auto const put = ::pwrite(file.get(), content.data(), content.size(), static_cast<off_t>(offset));
            if (put < 0 && errno == EINTR) continue;
            if (put <= 0) return broken(path + " cannot be written", put < 0 ? errno : ENOSPC);
            content.remove_prefix(static_cast<std::size_t>(put));
            offset += static_cast<std::uint64_t>(put);
        }
        return {};
    }

    files::descriptor file;
    std::string path;
};

class file_source final : public body_source {
public:
    file_source(std::shared_ptr<open_file const> file, std::uint64_t size, worker_pool& pool)
        : file_(std::move(file)), size_(size), pool_(pool) {}

    std::uint64_t size() const override { return size_; }
    asio::awaitable<result<std::string>> read(std::size_t most) override {
        auto const length = static_cast<std::size_t>(std::min<std::uint64_t>(most, size_ - at_));
        if (length == 0) co_return std::string();
        auto work = [file = file_, at = at_, length] { return file->read_at(at, length); };
        auto piece = co_await offload(pool_, std::move(work));
        if (piece) at_ += piece->size();
        co_return piece;
    }
    result<void> rewind() override {
        at_ = 0;
        return {};
    }

private:
    std::shared_ptr<open_file const> file_;
    std::uint64_t size_;
    worker_pool& pool_;
    std::uint64_t at_ = 0;
};

// The file under its temporary name, which goes with it unless it was put in its place.
struct temporary_file : open_file {
    temporary_file(int number, std::string name, std::string goal) : open_file(number, std::move(goal)), beside(std::move(name)) {}
    temporary_file(temporary_file const&) = delete;
    temporary_file& operator=(temporary_file const&) = delete;
    ~temporary_file() {
        if (!in_place) ::unlink(beside.c_str());
    }

    result<void> put_in_place(std::uint64_t length) {
        // An attempt that was given up may have written more than the one that succeeded.
        bool const whole = ::ftruncate(file.get(), static_cast<off_t>(length)) == 0 && ::fsync(file.get()) == 0;
        if (!whole || ::rename(beside.c_str(), path.c_str()) != 0) return broken(path + " cannot be written", errno);
        in_place = true;
        return files::sync_folder(files::parent_of(path));
    }

    std::string beside;
    bool in_place = false;
};

class temporary_file_sink final : public file_sink {
public:
    temporary_file_sink(std::shared_ptr<temporary_file> file, worker_pool& pool) : file_(std::move(file)), pool_(pool) {}

    std::uint64_t size() const noexcept override { return size_; }
    result<void> rewind() override {
        size_ = 0;
        return {};
    }
    asio::awaitable<result<void>> write(std::string piece) override {
        auto const length = piece.size();
        auto work = [file = file_, at = size_, content = std::move(piece)] { return file->write_at(at, content); };
        auto written = co_await offload(pool_, std::move(work));
        if (written) size_ += length;
        co_return written;
    }
    asio::awaitable<result<void>> commit() override {
        auto work = [file = file_, length = size_] { return file->put_in_place(length); };
        co_return co_await offload(pool_, std::move(work));
    }

private:
    std::shared_ptr<temporary_file> file_;
    worker_pool& pool_;
    std::uint64_t size_ = 0;
};

}  // namespace

result<std::shared_ptr<body_source>> open_file_source(std::string path, worker_pool& pool) {
    // Without O_NONBLOCK a named pipe would be waited for.
    auto const number = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    auto const reason = errno;
    auto file = std::make_shared<open_file>(number, std::move(path));
    if (number < 0 && (reason == ENOENT || reason == ENOTDIR)) return error(error_kind::not_found, file->path + " does not exist");
    if (number < 0) return broken(file->path + " cannot be read", reason);
    struct stat about {};
    if (::fstat(number, &about) != 0) return broken(file->path + " cannot be read", errno);
    if (!S_ISREG(about.st_mode)) return error(error_kind::invalid, file->path + " is no regular file");
    return std::make_shared<file_source>(std::move(file), static_cast<std::uint64_t>(about.st_size), pool);
}

result<std::shared_ptr<file_sink>> open_file_sink(std::string path, worker_pool& pool) {
    auto beside = path + ".XXXXXX";
    auto const number = ::mkostemp(beside.data(), O_CLOEXEC);  // made with mode 0600
    if (number < 0) return broken(path + " cannot be written", errno);
    auto file = std::make_shared<temporary_file>(number, std::move(beside), std::move(path));
    return std::make_shared<temporary_file_sink>(std::move(file), pool);
}

}  // namespace chatrixcd::base::http

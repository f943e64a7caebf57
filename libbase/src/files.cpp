// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/files.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "files/descriptor.hpp"

namespace chatrixcd::base {

namespace {

error broken(std::string const& what, int reason) {
    return error(error_kind::environment, what + ": " + std::generic_category().message(reason));
}

bool write_all(int descriptor, std::string_view content) {
    while (!content.empty()) {
        auto const written = ::write(descriptor, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

result<void> make_private_folder(std::string const& path) {
    auto const what = path + " cannot be made";
    std::error_code failed;
    // Only what we make is ours to restrict: a folder that is there keeps its mode.
    if (std::filesystem::is_directory(path, failed)) return {};
    auto const parent = std::filesystem::path(path).parent_path();
    if (!parent.empty()) std::filesystem::create_directories(parent, failed);
    if (failed) return broken(what, failed.value());
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return broken(what, errno);
    if (!std::filesystem::is_directory(path, failed)) return broken(what, ENOTDIR);
    return {};
}

result<std::string> read_file(std::string const& path, std::size_t max_bytes) {
    files::descriptor const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) {
        if (errno == ENOENT || errno == ENOTDIR) return error(error_kind::not_found, path + " does not exist");
        return broken(path + " cannot be read", errno);
    }
    struct stat about {};
    std::string content;
    // One allocation for a file that does not change: a secret leaves no copies behind while it is read.
    if (::fstat(file.get(), &about) == 0 && about.st_size > 0 && static_cast<std::size_t>(about.st_size) <= max_bytes) {
        content.reserve(static_cast<std::size_t>(about.st_size) + 1);
    }
    while (true) {
        auto const before = content.size();
        auto const room = content.capacity() > before ? content.capacity() - before : std::size_t{16384};
        content.resize(before + room);
        auto const got = ::read(file.get(), content.data() + before, room);
        auto const reason = errno;
        content.resize(before + (got > 0 ? static_cast<std::size_t>(got) : 0));
        if (got < 0 && reason == EINTR) continue;
        if (got < 0) return broken(path + " cannot be read", reason);
        if (content.size() > max_bytes)
            return error(error_kind::too_large, path + " is larger than " + std::to_string(max_bytes) + " bytes");
        if (got == 0) return content;
    }
}

bool is_readable_by_others(std::string const& path) noexcept {
    struct stat about {};
    return ::stat(path.c_str(), &about) == 0 && (about.st_mode & (S_IRGRP | S_IROTH)) != 0;
}

result<void> write_file(std::string const& path, std::string_view content) {
    auto const what = path + " cannot be written";
    auto beside = path + ".XXXXXX";
    files::descriptor const file(::mkostemp(beside.data(), O_CLOEXEC));  // made with mode 0600
    if (!file) return broken(what, errno);
    if (!write_all(file.get(), content) || ::fsync(file.get()) != 0 || ::rename(beside.c_str(), path.c_str()) != 0) {
        auto const reason = errno;
        ::unlink(beside.c_str());
        return broken(what, reason);
    }
    return files::sync_folder(files::parent_of(path));
}

temporary_folder::temporary_folder(std::string const& prefix) {
    std::error_code failed;
    auto const folder = std::filesystem::temp_directory_path(failed);
    if (failed) throw error_exception(broken("there is no folder for temporary files", failed.value()));
    path_ = (folder / (prefix + "XXXXXX")).string();
    if (::mkdtemp(path_.data()) == nullptr) throw error_exception(broken(path_ + " cannot be made", errno));
}

temporary_folder::~temporary_folder() {
    std::error_code ignored;  // nothing can be done about a folder that stays
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace chatrixcd::base

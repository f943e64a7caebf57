// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/store.hpp>

#include "files/descriptor.hpp"

namespace chatrixcd::base {

namespace {

error not_writable(std::string const& folder, int reason) {
    return error(error_kind::environment, folder + " is not writable: " + std::generic_category().message(reason));
}

// What the holder wrote into its lock file; "?" if it has not come to that yet.
std::string holder_of(int descriptor) {
    std::array<char, 24> text{};
    auto const got = ::pread(descriptor, text.data(), text.size(), 0);
    std::string_view const read(text.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
    auto const digits = read.substr(0, read.find_first_not_of("0123456789"));
    return digits.empty() ? "?" : std::string(digits);
}

}  // namespace

result<folder_lock> folder_lock::acquire(std::string const& folder) {
    auto made = make_private_folder(folder);
    if (!made) return made.error();
    auto const path = folder + "/lock";
    files::descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file) return not_writable(folder, errno);
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return not_writable(folder, errno);
        return error(error_kind::conflict, "another process (pid " + holder_of(file.get()) + ") uses " + folder)
            .with_hint("Stop it, or use another folder.");
    }
    auto const pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(file.get(), 0) != 0 || ::pwrite(file.get(), pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
        return not_writable(folder, errno);
    }
    return folder_lock(file.release());
}

folder_lock::folder_lock(folder_lock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

folder_lock& folder_lock::operator=(folder_lock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

// The file stays: removing it would let two processes lock two files of the same name.
folder_lock::~folder_lock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace chatrixcd::base

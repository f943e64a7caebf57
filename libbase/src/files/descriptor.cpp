// SPDX-License-Identifier: Apache-2.0
#include "files/descriptor.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace chatrixcd::base::files {

descriptor::~descriptor() {
    if (number_ >= 0) ::close(number_);
}

std::string parent_of(std::string const& path) {
    auto const parent = std::filesystem::path(path).parent_path();
    return parent.empty() ? "." : parent.string();
}

result<void> sync_folder(std::string const& path) {
    descriptor const folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // EINVAL: a file system that has nothing to sync.
    if (!folder || (::fsync(folder.get()) != 0 && errno != EINVAL)) {
        return error(error_kind::environment, path + " cannot be synced: " + std::generic_category().message(errno));
    }
    return {};
}

}  // namespace chatrixcd::base::files

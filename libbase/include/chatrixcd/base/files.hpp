// SPDX-License-Identifier: Apache-2.0
// The few file operations that must be right: private folders, whole files.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::base {

// Makes the folder and its parents, the last with mode 0700. Error kind `environment` with the system's reason.
result<void> make_private_folder(std::string const& path);
// Reads a whole file of at most `max_bytes`. Errors: not_found, environment, too_large.
result<std::string> read_file(std::string const& path, std::size_t max_bytes);
// Whether anybody but the owner (and root) may read it; false if there is no such file.
bool is_readable_by_others(std::string const& path) noexcept;
// Replaces a file with mode 0600: written beside, synced, renamed; a crash leaves the old or the new one.
result<void> write_file(std::string const& path, std::string_view content);
// A new folder (0700) below the system's temporary folder, removed with all it holds by the destructor.
class temporary_folder {
public:
    explicit temporary_folder(std::string const& prefix);  // throws error_exception(environment)
    ~temporary_folder();
    temporary_folder(temporary_folder const&) = delete;
    temporary_folder& operator=(temporary_folder const&) = delete;
    std::string const& path() const noexcept { return path_; }

private:
    std::string path_;
};

}  // namespace chatrixcd::base

// SPDX-License-Identifier: Apache-2.0
// A file descriptor that is closed, and what the file operations share.
#pragma once

#include <string>
#include <utility>

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::base::files {

class descriptor {
public:
    explicit descriptor(int number) noexcept : number_(number) {}
    descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~descriptor();

    explicit operator bool() const noexcept { return number_ >= 0; }
    int get() const noexcept { return number_; }
    int release() noexcept { return std::exchange(number_, -1); }

private:
    int number_;
};

// The folder that holds `path`: a rename or a new file is durable only once its folder is.
std::string parent_of(std::string const& path);
// Makes the entries of a folder durable. Error kind `environment`.
result<void> sync_folder(std::string const& path);

}  // namespace chatrixcd::base::files

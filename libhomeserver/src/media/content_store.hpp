// SPDX-License-Identifier: Apache-2.0
// What was uploaded, by its SHA-256: the same content is kept once. Files beside the database, or memory. May be called from any thread;
// files take time, so not from the loop.
#pragma once

#include <memory>
#include <optional>
#include <string>

namespace chatrixcd::homeserver {

class content_store {
public:
    virtual ~content_store() = default;
    // Durable when it returns. Throws base::store_error: the disk is full, say.
    virtual void put(std::string const& digest, std::string const& content) = 0;
    // None if it is not there, or is not what was put: a file that somebody changed.
    virtual std::optional<std::string> get(std::string const& digest) = 0;
};

// Files FOLDER/ab/abcd… (0600, the folders 0700); without a folder, in memory.
std::unique_ptr<content_store> make_content_store(std::string folder);

// SHA-256 in hexadecimal.
std::string digest_of(std::string const& content);

}  // namespace chatrixcd::homeserver

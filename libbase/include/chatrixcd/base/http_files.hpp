// SPDX-License-Identifier: Apache-2.0
// Files as the bodies of requests and answers. Reading and writing happen on the pool, which must outlive them; a cancelled request ends
// when the piece under way is done.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/worker_pool.hpp>

namespace chatrixcd::base::http {

// A regular file, opened now and read while it is sent: as many bytes as it has now. One that has become shorter by then ends the
// request with `environment`. Errors: not_found, environment, invalid (it is no regular file).
result<std::shared_ptr<body_source>> open_file_source(std::string path, worker_pool& pool);

// Writes beside the target, under a temporary name and with mode 0600. Without commit() the destructor removes what was written, and
// the target stays as it was.
class file_sink : public body_sink {
public:
    // How many bytes were written.
    virtual std::uint64_t size() const noexcept = 0;
    // Makes it durable and puts it in the target's place. Call once, when the request has succeeded and the content is what it should
    // be. Error kind `environment`; the target is as before then.
    virtual boost::asio::awaitable<result<void>> commit() = 0;
};

// Error kind `environment`: no file can be made beside the target.
result<std::shared_ptr<file_sink>> open_file_sink(std::string path, worker_pool& pool);

}  // namespace chatrixcd::base::http

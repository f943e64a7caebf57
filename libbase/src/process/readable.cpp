// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/readable.hpp>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::base {
namespace {

namespace asio = boost::asio;

// Gives the descriptor back instead of closing it.
class borrowed_descriptor {
public:
    explicit borrowed_descriptor(asio::any_io_executor executor) : stream_(std::move(executor)) {}
    ~borrowed_descriptor() {
        if (stream_.is_open()) stream_.release();
    }
    asio::posix::stream_descriptor& stream() { return stream_; }

private:
    asio::posix::stream_descriptor stream_;
};

}  // namespace

asio::awaitable<void> wait_readable(asio::any_io_executor executor, int descriptor) {
    borrowed_descriptor borrowed(std::move(executor));
    boost::system::error_code failed;
    borrowed.stream().assign(descriptor, failed);
    if (failed) throw error_exception(error(error_kind::environment, "cannot wait for input: " + failed.message()));
    co_await borrowed.stream().async_wait(asio::posix::stream_descriptor::wait_read, asio::redirect_error(asio::use_awaitable, failed));
    if (failed) throw boost::system::system_error(failed);
}

}  // namespace chatrixcd::base

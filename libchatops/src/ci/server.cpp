// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/chatops/ci/server.hpp>

namespace chatrixcd::chatops::ci {

boost::asio::awaitable<result<std::vector<std::string>>> server::remarks() { co_return std::vector<std::string>(); }

}  // namespace chatrixcd::chatops::ci

// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/executor/spawner.hpp>

#include <utility>

namespace chatrixcd::executor {

namespace {

class process_spawner final : public spawner {
public:
    boost::asio::awaitable<base::result<std::unique_ptr<base::process>>> spawn(boost::asio::any_io_executor executor,
                                                                               base::process_spec what) override {
        return base::spawn(std::move(executor), std::move(what));
    }
};

}  // namespace

std::unique_ptr<spawner> make_process_spawner() { return std::make_unique<process_spawner>(); }

}  // namespace chatrixcd::executor

// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/semaphore/capabilities.hpp>

#include <doctest/doctest.h>
#include <boost/asio/io_context.hpp>

#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/virtual_clock.hpp>
#include <chatrixcd/semaphore/testing/double.hpp>

#include "support/run_coroutine.hpp"

namespace base = chatrixcd::base;
namespace semaphore = chatrixcd::semaphore;
namespace test = chatrixcd::test;
using semaphore::testing::flavour;

namespace {

class asked_server {
public:
    explicit asked_server(flavour as) : server(time, std::move(as)), network(server.transport()) { project = server.add_project("web"); }

    base::result<semaphore::capabilities> find() {
        auto how = semaphore::client_options("https://ci", semaphore::credentials::token(base::secret(semaphore::testing::server::token)));
        auto client = semaphore::client::make(*network, time, *random, std::move(how)).value();
        return test::run_virtual(loop, time, semaphore::find_capabilities(client, project));
    }

    boost::asio::io_context loop{1};
    base::virtual_clock time;
    std::unique_ptr<base::random> random = base::make_seeded_random(1);
    semaphore::testing::server server;
    std::unique_ptr<base::http::transport> network;
    semaphore::project_id project;
};

}  // namespace

TEST_SUITE("semaphore::capabilities") {
    TEST_CASE("what came later is there or not, however a server calls a task that it does not know") {
        for (auto const& old : {flavour::v2_10_bolt(), flavour::v2_10_sql()}) {
            CHECK(asked_server(old).find().value() == semaphore::capabilities{});
        }
        for (auto const& later : {flavour::v2_16_sql(), flavour::v2_19_sql()}) {
            CHECK(asked_server(later).find().value() == semaphore::capabilities{true, true, true});
        }
    }

    TEST_CASE("of a server that fails, nothing is claimed") {
        asked_server away(flavour::v2_16_sql());
        away.server.fail_with(503);
        CHECK_FALSE(away.find());
    }
}

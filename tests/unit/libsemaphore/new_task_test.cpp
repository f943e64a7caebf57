// SPDX-License-Identifier: Apache-2.0
#include "requests/new_task.hpp"

#include <doctest/doctest.h>

#include <boost/json/serialize.hpp>

namespace base = chatrixcd::base;
namespace semaphore = chatrixcd::semaphore;

namespace {

std::string body_of(semaphore::new_task const& what) {
    return boost::json::serialize(semaphore::detail::to_json(what, semaphore::project_id(1)));
}

}  // namespace

TEST_SUITE("semaphore::new_task") {
    TEST_CASE("a plain task is numbers, a string of JSON, and a message") {
        semaphore::new_task plain(semaphore::template_id(3));
        plain.message = "from chat";
        CHECK(
            body_of(plain) ==
            R"({"template_id":3,"project_id":1,"environment":"","message":"from chat","debug":false,"dry_run":false,"diff":false,"limit":""})");
    }

    TEST_CASE("flags and limits are said twice: as 2.10 reads them, and as newer servers do") {
        semaphore::new_task full(semaphore::template_id(3));
        full.variables = {{"version", "1.4.2"}, {"quote", "a\"b"}};
        full.limit = {"web1", "web2"};
        full.tags = {"restart"};
        full.skip_tags = {"slow"};
        full.arguments = {"--forks", "5"};
        full.git_branch = "main";
        full.inventory = semaphore::inventory_id(2);
        full.build = semaphore::task_id(6);
        full.debug = full.dry_run = full.diff = true;
        CHECK(body_of(full) ==
              R"({"template_id":3,"project_id":1,"environment":"{\"version\":\"1.4.2\",\"quote\":\"a\\\"b\"}","message":"","debug":true,)"
              R"("dry_run":true,"diff":true,"limit":"web1,web2","arguments":"[\"--forks\",\"5\"]","git_branch":"main","inventory_id":2,)"
              R"("build_task_id":6,"params":{"debug":true,"dry_run":true,"diff":true,"limit":["web1","web2"],"tags":["restart"],)"
              R"("skip_tags":["slow"]}})");
    }

    TEST_CASE("secrets go apart from the variables") {
        semaphore::new_task with(semaphore::template_id(3));
        with.secrets.emplace_back("password", base::secret("hunter2"));
        CHECK(body_of(with).find(R"("environment":"")") != std::string::npos);
        CHECK(body_of(with).find(R"("secret":"{\"password\":\"hunter2\"}")") != std::string::npos);
    }
}

// SPDX-License-Identifier: Apache-2.0
#include "init/project_choice.hpp"

#include <doctest/doctest.h>

namespace chatrixcd::bot {
namespace {

using strings = std::vector<std::string>;

semaphore::project project(std::int64_t id, std::string name) {
    semaphore::project made;
    made.id = semaphore::project_id(id);
    made.name = std::move(name);
    return made;
}

std::vector<semaphore::project> const seen = {project(1, "web"), project(2, "api"), project(7, "web")};

std::string refusal(std::string const& said) {
    auto const chosen = chosen_projects(seen, said);
    return chosen ? "none" : chosen.error().message();
}

}  // namespace

TEST_SUITE("bot::init::project_choice") {
    TEST_CASE("a name that several projects have is shown with its numbers") {
        CHECK(shown_projects(seen) == "web (number 1), api, web (number 7)");
        CHECK(shown_projects({}).empty());
    }

    TEST_CASE("names and numbers are chosen, with blanks and commas as they come") {
        CHECK(chosen_projects(seen, "api").value() == strings{"api"});
        CHECK(chosen_projects(seen, " 7 , api,, ").value() == strings{"7", "api"});
        CHECK(chosen_projects(seen, "").value().empty());
    }

    TEST_CASE("what is several, or none, is not chosen, and what would be is said") {
        CHECK(refusal("api, web") == "several projects are called `web`: give the number, 1 or 7");
        CHECK(refusal("wbe") == "there is no project `wbe` among web (number 1), api, web (number 7)");
        CHECK(refusal("3") == "there is no project `3` among web (number 1), api, web (number 7)");
    }
}

}  // namespace chatrixcd::bot

// SPDX-License-Identifier: Apache-2.0
#include "state/naming.hpp"

#include <doctest/doctest.h>

#include "state/info_cache.hpp"

namespace chatrixcd::matrix::detail {

TEST_SUITE("matrix::naming") {
    TEST_CASE("a room without a name is called by those in it") {
        std::vector<named_user> const two{{"@a:b", "Ann"}, {"@b:b", "Bob"}};
        std::vector<named_user> const three{{"@a:b", "Ann"}, {"@b:b", "Bob"}, {"@c:b", ""}};
        CHECK(name_from_people(two, 2) == "Ann and Bob");
        CHECK(name_from_people(three, 3) == "Ann, Bob and @c:b");
        CHECK(name_from_people(two, 3) == "Ann, Bob and 1 other");
        CHECK(name_from_people(two, 12) == "Ann, Bob and 10 others");
        CHECK(name_from_people(two, 0) == "Empty room (was Ann and Bob)");
        CHECK(name_from_people({}, 0) == "Empty room");
        CHECK(name_from_people({}, 1) == "One other");
        CHECK(name_from_people({}, 4) == "4 others");
    }

    TEST_CASE("of two with one name each shows its id") {
        std::vector<named_user> const users{{"@a:b", "Ann"}, {"@b:b", "Ann"}, {"@c:b", ""}, {"@d:b", ""}};
        CHECK(shown_names(users) == std::vector<std::string>{"Ann (@a:b)", "Ann (@b:b)", "@c:b", "@d:b"});
    }

    TEST_CASE("what was asked lately is kept, and no more than fits") {
        info_cache cache(2);
        auto const named = [](std::string name) {
            auto info = std::make_shared<room_info>();
            info->name = std::move(name);
            return info;
        };
        room_id const a("!a:b");
        room_id const b("!b:b");
        room_id const c("!c:b");
        cache.put(a, named("a"));
        cache.put(b, named("b"));
        CHECK(cache.find(a)->name == "a");
        cache.put(c, named("c"));  // b was not asked about for longest
        CHECK(cache.find(b) == nullptr);
        CHECK(cache.find(a)->name == "a");
        CHECK(cache.size() == 2);
        cache.put(a, named("again"));
        CHECK(cache.find(a)->name == "again");
        CHECK(cache.size() == 2);
        cache.forget(a);
        cache.forget(a);
        CHECK(cache.find(a) == nullptr);
        info_cache none(0);
        none.put(a, named("a"));
        CHECK(none.find(a) == nullptr);
    }
}

}  // namespace chatrixcd::matrix::detail

// SPDX-License-Identifier: Apache-2.0
// What clients were answered before, for stale answers. Bounded.
#pragma once

#include <cstddef>
#include <deque>
#include <string>

#include <chatrixcd/base/http.hpp>

namespace chatrixcd::homeserver::testing::detail {

class past_answers {
public:
    // Answers of one client to one method and path belong together.
    static std::string key_of(base::http::request const& r);

    void keep(std::string key, base::http::response const& said);
    // The last but `back - 1`; null if there is none (any more).
    base::http::response const* find(std::string const& key, std::size_t back) const;

private:
    struct entry {
        std::string key;
        base::http::response said;
    };
    std::deque<entry> entries_;
    std::size_t bytes_ = 0;
};

}  // namespace chatrixcd::homeserver::testing::detail

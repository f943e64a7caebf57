// SPDX-License-Identifier: Apache-2.0
// What templates are made of: keys, repositories and environments, as rows of JSON. Each project counts its own ids.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <string>

namespace chatrixcd::semaphore::testing {

class shelf {
public:
    // Its id, which is never used again.
    std::int64_t put(boost::json::object row) {
        row["id"] = ++last_;
        rows_[last_] = std::move(row);
        return last_;
    }
    bool remove(std::int64_t id) { return rows_.erase(id) != 0; }
    boost::json::object* find(std::int64_t id) {
        auto const found = rows_.find(id);
        return found == rows_.end() ? nullptr : &found->second;
    }
    std::map<std::int64_t, boost::json::object> const& rows() const noexcept { return rows_; }

private:
    std::map<std::int64_t, boost::json::object> rows_;
    std::int64_t last_ = 0;
};

struct resources_of_double {
    // With what a new project has: the key "None" and the environment "Empty".
    explicit resources_of_double(std::int64_t project);

    shelf keys;
    shelf repositories;
    shelf environments;
};

// On this machine, with the key "None".
boost::json::object new_repository(std::int64_t project, std::string name, std::string git_url);

}  // namespace chatrixcd::semaphore::testing

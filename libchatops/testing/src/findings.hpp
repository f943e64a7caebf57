// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::chatops::testing {

// What a conformance check found wrong.
class findings {
public:
    // Notes `problem` unless `right`; returns `right`.
    bool expect(bool right, std::string problem) {
        if (!right) all_.push_back(std::move(problem));
        return right;
    }
    // Notes that `what` was refused; returns whether it was not.
    template <class T>
    bool expect_done(base::result<T> const& got, std::string const& what) {
        return expect(got.has_value(), what + ": " + (got.has_value() ? "" : got.error().describe()));
    }
    template <class T>
    bool expect_refused(base::result<T> const& got, base::error_kind kind, std::string const& what) {
        auto const answer = got.has_value() ? std::string("success") : std::string(base::to_string(got.error().kind()));
        return expect(!got.has_value() && got.error().kind() == kind,
                      what + ": expected the error " + std::string(base::to_string(kind)) + ", got " + answer);
    }
    std::vector<std::string> take() && { return std::move(all_); }

private:
    std::vector<std::string> all_;
};

}  // namespace chatrixcd::chatops::testing

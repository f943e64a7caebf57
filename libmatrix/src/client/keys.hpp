// SPDX-License-Identifier: Apache-2.0
// The keys of what a handler sends: from what it handles, and the ordinal of the send. Running again, it makes the same ones.
#pragma once

#include <string>
#include <utility>

namespace chatrixcd::matrix::detail {

class key_series {
public:
    explicit key_series(std::string origin) : origin_(std::move(origin)) {}
    std::string next() { return origin_ + ":" + std::to_string(++count_); }

private:
    std::string origin_;
    unsigned count_ = 0;
};

}  // namespace chatrixcd::matrix::detail

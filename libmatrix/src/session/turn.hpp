// SPDX-License-Identifier: Apache-2.0
// One login, renewal or refresh at a time.
#pragma once

#include "session/session.hpp"

namespace chatrixcd::matrix::detail {

class session::turn {
public:
    explicit turn(session& of) : of_(of) { of_.busy_ = true; }
    turn(turn const&) = delete;
    turn& operator=(turn const&) = delete;
    ~turn() {
        of_.busy_ = false;
        of_.free_.notify_all();
    }

private:
    session& of_;
};

}  // namespace chatrixcd::matrix::detail

// SPDX-License-Identifier: Apache-2.0
// Takes state events of one room in, several with one statement. Used inside store closures.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/store.hpp>
#include <chatrixcd/matrix/ids.hpp>

namespace chatrixcd::matrix::detail {

class raw_event;

// State that is there already.
enum class present_state : std::uint8_t { is_replaced, stays };

class state_writer {
public:
    // `batch` is the number of the sync batch that brings them.
    state_writer(base::transaction& t, std::int64_t account, room_id const& room, std::int64_t batch,
                 present_state present = present_state::is_replaced)
        : t_(t), account_(account), room_(room), batch_(batch), present_(present) {}
    // `e` must have a state key. A later event of the same type and key replaces an earlier one.
    void add(raw_event const& e);
    // Writes what is still to be written. Returns whether anything changed since the last call.
    bool finish();

private:
    struct row {
        std::string type;
        std::string key;
        std::optional<std::string> membership;
        std::string event;
    };
    void write();

    base::transaction& t_;
    std::int64_t account_;
    room_id const& room_;
    std::int64_t batch_;
    present_state present_;
    std::vector<row> waiting_;  // of each type and key one
    bool changed_ = false;
};

}  // namespace chatrixcd::matrix::detail

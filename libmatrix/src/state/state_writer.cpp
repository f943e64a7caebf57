// SPDX-License-Identifier: Apache-2.0
#include "state/state_writer.hpp"

#include <algorithm>
#include <utility>

#include <chatrixcd/base/many_rows.hpp>

#include "sync/raw_event.hpp"

namespace chatrixcd::matrix::detail {

namespace {

constexpr char const* insertion = "INSERT INTO room_state (account, room_id, batch, type, state_key, membership, event) VALUES";

base::many_rows const& missing_rows() {
    static base::many_rows const statement(insertion, 3, 4, "ON CONFLICT DO NOTHING");
    return statement;
}

base::many_rows const& changed_rows() {
    static base::many_rows const statement(
        insertion, 3, 4,
        "ON CONFLICT (account, room_id, type, state_key) DO UPDATE SET membership = excluded.membership, event = excluded.event,"
        " batch = excluded.batch WHERE room_state.event <> excluded.event");
    return statement;
}

}  // namespace

void state_writer::add(raw_event const& e) {
    row fresh{std::string(e.type()), std::string(*e.state_key()), {}, e.to_lasting_text()};
    if (e.type() == "m.room.member") fresh.membership = e.content_text("membership");
    auto const is_same = [&](row const& other) { return other.key == fresh.key && other.type == fresh.type; };
    auto const earlier = std::find_if(waiting_.begin(), waiting_.end(), is_same);
    if (earlier != waiting_.end()) {
        *earlier = std::move(fresh);
        return;
    }
    waiting_.push_back(std::move(fresh));
    if (waiting_.size() == base::many_rows::most_at_once) write();
}

bool state_writer::finish() {
    write();
    return std::exchange(changed_, false);
}

void state_writer::write() {
    if (waiting_.empty()) return;
    std::vector<base::sql_parameter> own;
    own.reserve(waiting_.size() * 4);
    for (auto const& one : waiting_) {
        own.emplace_back(one.type);
        own.emplace_back(one.key);
        own.emplace_back(one.membership);
        own.emplace_back(one.event);
    }
    std::vector<base::sql_parameter> const shared{account_, room_.str(), batch_};
    auto const& statement = present_ == present_state::stays ? missing_rows() : changed_rows();
    if (statement.run(t_, shared, own) > 0) changed_ = true;
    waiting_.clear();
}

}  // namespace chatrixcd::matrix::detail

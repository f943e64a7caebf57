// SPDX-License-Identifier: Apache-2.0
#include "store/reports.hpp"

#include "store/sealed_columns.hpp"
#include "store/sequences.hpp"

namespace chatrixcd::homeserver {

void put_report(base::transaction& db, report const& r) {
    db.run(
        "INSERT INTO reports (id, reporter, room_id, event_id, user_id, score, reason, received_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        {sequences::next(db, sequences::reports), r.reporter, r.room, r.event, r.user, r.score, db.seal(sealed_in::report, r.reason),
         r.received_at});
}

}  // namespace chatrixcd::homeserver

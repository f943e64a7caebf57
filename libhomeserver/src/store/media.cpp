// SPDX-License-Identifier: Apache-2.0
#include "store/media.hpp"

#include "store/sealed_columns.hpp"

namespace chatrixcd::homeserver {

namespace {

base::sql_value sealed(base::transaction& db, std::optional<std::string> const& text) {
    if (!text) return std::monostate();
    return db.seal(sealed_in::file_name, *text);
}

}  // namespace

void insert_media(base::transaction& db, media_row const& row) {
    db.run("INSERT INTO media (media_id, user_id, created_at, digest, size, content_type, file_name) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
           {row.id, row.user, row.created_at, row.digest, row.size, row.content_type, sealed(db, row.file_name)});
}

std::optional<media_row> find_media(base::transaction& db, std::string const& id) {
    auto const row =
        db.first("SELECT media_id, user_id, created_at, digest, size, content_type, file_name FROM media WHERE media_id = ?1", {id});
    if (!row) return std::nullopt;
    media_row found{row->text(0),    row->text(1),          row->integer(2), row->optional_text(3),
                    row->integer(4), row->optional_text(5), std::nullopt};
    if (!row->is_null(6)) found.file_name = db.unseal(sealed_in::file_name, row->bytes(6)).value();
    return found;
}

bool fill_media(base::transaction& db, media_row const& row) {
    return db.run("UPDATE media SET digest = ?2, size = ?3, content_type = ?4, file_name = ?5 WHERE media_id = ?1 AND digest IS NULL",
                  {row.id, row.digest, row.size, row.content_type, sealed(db, row.file_name)}) == 1;
}

std::int64_t count_awaited(base::transaction& db, std::string const& user, std::int64_t since) {
    return db.query("SELECT COUNT(*) FROM media WHERE user_id = ?1 AND digest IS NULL AND created_at > ?2", {user, since}).at(0).integer(0);
}

}  // namespace chatrixcd::homeserver

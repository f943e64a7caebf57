// SPDX-License-Identifier: Apache-2.0
// What is known of each upload; what it holds is in the content store (media/content_store.hpp), by its digest.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <chatrixcd/base/store.hpp>

namespace chatrixcd::homeserver {

struct media_row {
    std::string id;
    std::string user;  // who uploaded it
    std::int64_t created_at = 0;
    // None: the id was made, the content is to come.
    std::optional<std::string> digest;
    std::int64_t size = 0;
    std::optional<std::string> content_type;
    std::optional<std::string> file_name;
};

void insert_media(base::transaction& db, media_row const& row);
std::optional<media_row> find_media(base::transaction& db, std::string const& id);
// The content has come. False if it had come before.
bool fill_media(base::transaction& db, media_row const& row);
// How many ids this user made since then that are still without content.
std::int64_t count_awaited(base::transaction& db, std::string const& user, std::int64_t since);

}  // namespace chatrixcd::homeserver

// SPDX-License-Identifier: Apache-2.0
// A store with two columns that are sealed.
#pragma once

#include "store/fixture.hpp"

namespace chatrixcd::test {

inline constexpr base::sealed_column letters("letters", "body");
inline constexpr base::sealed_column notes("letters", "note");

struct sealed_fixture : store_fixture {
    std::string key_path = folder.path() + "/store.key";

    sealed_fixture() {
        migrations = {{"letters", "CREATE TABLE letters (id INTEGER PRIMARY KEY, body BLOB, note BLOB)"}};
        sealed = {letters, notes};
        key = base::store_key_file{key_path};
    }

    void put(base::store& store, std::int64_t id, std::string body, std::string note) {
        write(store, [=](base::transaction& t) {
            t.run("INSERT INTO letters (id, body, note) VALUES (?1, ?2, ?3)", {id, t.seal(letters, body), t.seal(notes, note)});
        });
    }

    // The value as it is in the file.
    base::blob stored(base::store& store, std::int64_t id) {
        return write(store, [=](base::transaction& t) { return t.first("SELECT body FROM letters WHERE id = ?1", {id})->bytes(0); });
    }

    base::result<std::string> unsealed(base::store& store, base::sealed_column const& column, base::blob value) {
        return write(store, [=](base::transaction& t) { return t.unseal(column, value); });
    }

    base::result<std::string> body(base::store& store, std::int64_t id) { return unsealed(store, letters, stored(store, id)); }
};

}  // namespace chatrixcd::test

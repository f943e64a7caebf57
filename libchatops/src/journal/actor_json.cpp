// SPDX-License-Identifier: Apache-2.0
#include "journal/actor_json.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdint>

#include <chatrixcd/base/json_reader.hpp>

namespace chatrixcd::chatops::journal {

std::string actor_to_text(actor const& who) {
    boost::json::object out{{"v", 1}};
    if (auto const* person = std::get_if<chat::sender>(&who)) {
        out["kind"] = "chat";
        out["user"] = person->user;
        out["device"] = person->device;
        out["trust"] = static_cast<std::int64_t>(person->trust);
        if (person->doubted) out["doubted"] = true;
        if (person->late) out["late"] = true;
    } else {
        out["kind"] = "operator";
        out["name"] = std::get<local_operator>(who).name;
    }
    return boost::json::serialize(out);
}

base::result<actor> actor_from_text(std::string_view text) {
    auto parsed = base::parse_json_object(text);
    if (!parsed) return parsed.error();
    base::json_reader in(*parsed, "actor");
    std::int64_t version = 0;
    std::int64_t trust = 0;
    std::string kind;
    chat::sender person;
    local_operator local;
    in.required("v", version).required("kind", kind).optional("trust", trust);
    in.optional("user", person.user).optional("device", person.device).optional("name", local.name);
    in.optional("doubted", person.doubted).optional("late", person.late);
    bool const known_trust = trust >= 0 && trust <= static_cast<std::int64_t>(chat::trust_level::verified);
    if (!in.ok() || version != 1 || !known_trust || (kind != "chat" && kind != "operator")) {
        return base::error(base::error_kind::environment, "the journal names an actor that this program does not know");
    }
    if (kind == "operator") return actor(local);
    person.trust = static_cast<chat::trust_level>(trust);
    return actor(person);
}

}  // namespace chatrixcd::chatops::journal

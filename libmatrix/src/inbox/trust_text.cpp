// SPDX-License-Identifier: Apache-2.0
#include "inbox/trust_text.hpp"

#include <boost/json/object.hpp>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/json_text.hpp>

namespace chatrixcd::matrix::detail {

namespace {

bool flag(boost::json::object const& from, char const* name) {
    auto const* found = from.if_contains(name);
    return found != nullptr && found->is_bool() && found->get_bool();
}

}  // namespace

std::string trust_text(trust const& believed) {
    boost::json::object const kept{{"device", believed.device.str()},
                                   {"fingerprint", believed.fingerprint},
                                   {"cross_signed", believed.cross_signed},
                                   {"user_verified", believed.user_verified},
                                   {"identity_changed", believed.identity_changed},
                                   {"source", static_cast<std::int64_t>(believed.source)},
                                   {"late", believed.late}};
    std::string text;
    base::append_json(text, kept);
    return text;
}

trust read_trust(std::string_view text) {
    trust believed;
    believed.encrypted = true;
    auto const kept = base::parse_json_object(text);
    if (!kept) return believed;
    if (auto device = device_id::parse(base::find_string(*kept, "device").value_or(std::string()))) believed.device = std::move(*device);
    believed.fingerprint = base::find_string(*kept, "fingerprint").value_or(std::string());
    believed.cross_signed = flag(*kept, "cross_signed");
    believed.user_verified = flag(*kept, "user_verified");
    believed.identity_changed = flag(*kept, "identity_changed");
    auto const source = base::find_integer(*kept, "source").value_or(static_cast<std::int64_t>(key_source::backup));
    bool const is_known = source >= 0 && source <= static_cast<std::int64_t>(key_source::backup);
    believed.source = is_known ? static_cast<key_source>(source) : key_source::backup;
    believed.late = flag(*kept, "late");
    return believed;
}

}  // namespace chatrixcd::matrix::detail

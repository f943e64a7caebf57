// SPDX-License-Identifier: Apache-2.0
#include "crypto/verification/methods.hpp"

#include <algorithm>
#include <string_view>

#include <chatrixcd/base/json_reader.hpp>

namespace chatrixcd::matrix::crypto {

namespace json = boost::json;

namespace {

constexpr char const* show_method = "m.qr_code.show.v1";
constexpr char const* scan_method = "m.qr_code.scan.v1";

bool offers(json::object const& content, std::string_view method) {
    auto const* all = base::find_array(content, "methods");
    auto const is_it = [&](json::value const& v) { return v.is_string() && std::string_view(v.get_string()) == method; };
    return all != nullptr && std::ranges::any_of(*all, is_it);
}

}  // namespace

json::array verification_methods(qr_abilities with) {
    json::array all{sas_method};
    if (with.shows) all.emplace_back(show_method);
    if (with.scans) all.emplace_back(scan_method);
    if (with.shows || with.scans) all.emplace_back(reciprocate_method);
    return all;
}

bool offers_sas(json::object const& content) { return offers(content, sas_method); }

bool starts_sas(json::object const& content) { return base::find_string(content, "method") == sas_method; }

qr_abilities offered_qr_codes(json::object const& content) {
    qr_abilities offered;
    if (!offers(content, reciprocate_method)) return offered;
    offered.shows = offers(content, show_method);
    offered.scans = offers(content, scan_method);
    return offered;
}

}  // namespace chatrixcd::matrix::crypto

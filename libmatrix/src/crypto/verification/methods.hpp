// SPDX-License-Identifier: Apache-2.0
// The methods of verification that requests and answers to them offer (client-server API, "Key verification framework", "QR codes").
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace chatrixcd::matrix::crypto {

inline constexpr char const* sas_method = "m.sas.v1";
inline constexpr char const* reciprocate_method = "m.reciprocate.v1";

// What one of the two can do with QR codes: nothing of it is offered, or taken, that it cannot.
struct qr_abilities {
    bool shows = false;
    bool scans = false;
};

// Of whoever can do this with QR codes; comparing codes can everybody.
boost::json::array verification_methods(qr_abilities with);
// Whether a request or an answer offers to compare codes, which is what everybody here can do.
bool offers_sas(boost::json::object const& content);
// Whether a beginning is one of that.
bool starts_sas(boost::json::object const& content);
// What it offers of QR codes: nothing, if it does not offer to end what a scan begins.
qr_abilities offered_qr_codes(boost::json::object const& content);

}  // namespace chatrixcd::matrix::crypto

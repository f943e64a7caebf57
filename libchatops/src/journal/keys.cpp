// SPDX-License-Identifier: Apache-2.0
#include "journal/keys.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <chatrixcd/base/digest.hpp>

namespace chatrixcd::chatops::journal {

namespace {

boost::json::array json_of(chat::origin const& from) { return {from.service, from.account, from.room, from.event}; }

}  // namespace

std::string origin_key(chat::origin const& from) { return base::sha256_hex(boost::json::serialize(json_of(from))).substr(0, 32); }

std::string plan_digest(std::string const& server, ci::plan const& what) {
    auto parameters = what.effective;
    std::sort(parameters.begin(), parameters.end());
    boost::json::array values;
    for (auto const& [name, value] : parameters) values.push_back(boost::json::array{name, value});
    boost::json::array const whole{server, what.job.project.str(), what.job.name, what.fingerprint, values};
    return base::sha256_hex(boost::json::serialize(whole));
}

ci::run_key make_run_key(chat::origin const& from, std::int64_t ordinal, std::string const& digest) {
    boost::json::array const whole{json_of(from), ordinal, digest};
    return ci::run_key("cd-" + base::sha256_hex(boost::json::serialize(whole)).substr(0, 40));
}

}  // namespace chatrixcd::chatops::journal

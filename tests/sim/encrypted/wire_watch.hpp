// SPDX-License-Identifier: Apache-2.0
// Looks at every request that leaves: what must never be sent, whatever happens to the process that sends it. A key of a ratchet that is
// used for two texts gives both away, and a one-time key that is made anew under an old id is worth nothing to whoever has claimed it.
#pragma once

#include <boost/json/fwd.hpp>
#include <map>
#include <string>
#include <vector>

#include <chatrixcd/base/http.hpp>

namespace chatrixcd::test {

class wire_watch {
public:
    // `word` stands in every text that is said, and nowhere else.
    explicit wire_watch(std::string word) : word_(std::move(word)) {}

    // An outgoing request, before it leaves.
    void see(base::http::request const& r);
    // What was wrong.
    std::vector<std::string> const& complaints() const noexcept { return complaints_; }
    // How many different messages of Megolm and Olm were looked at: a watch that saw none proves nothing.
    std::size_t sealed() const noexcept { return ciphertexts_.size(); }

private:
    void see_room_message(boost::json::object const& content);
    void see_device_messages(boost::json::object const& body);
    void see_upload(boost::json::object const& body);
    void see_olm(std::string const& from, std::string const& to, boost::json::object const& message);
    // Complains if something else is known under that name.
    void note(std::map<std::string, std::string>& in, std::string name, std::string what, char const* words);

    std::string word_;
    std::map<std::string, std::string> ciphertexts_;
    std::map<std::string, std::string> keys_;
    std::vector<std::string> complaints_;
};

}  // namespace chatrixcd::test

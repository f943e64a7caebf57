// SPDX-License-Identifier: Apache-2.0
#include "config/listen_address.hpp"

#include <boost/asio/ip/address.hpp>
#include <charconv>

namespace chatrixcd::bot {

std::string read_port(std::string const& text, std::uint16_t& into) {
    auto const [end, problem] = std::from_chars(text.data(), text.data() + text.size(), into);
    bool const is_port = problem == std::errc() && end == text.data() + text.size();
    return is_port ? std::string() : "`" + text + "` is no port; write a number from 0 to 65535, 0 for any free one";
}

std::string read_listen_address(std::string const& text, listen_address& into) {
    std::size_t const colon = text.rfind(':');
    if (auto wrong = read_port(colon == std::string::npos ? text : text.substr(colon + 1), into.port); !wrong.empty()) return wrong;
    if (colon == std::string::npos) return {};
    into.address = text.substr(0, colon);
    if (into.address.size() > 2 && into.address.front() == '[' && into.address.back() == ']') {
        into.address = into.address.substr(1, into.address.size() - 2);
    }
    boost::system::error_code wrong;
    boost::asio::ip::make_address(into.address, wrong);
    return wrong ? "`" + into.address + "` is no IP address; write [ADDRESS:]PORT, such as 127.0.0.1:8008" : std::string();
}

std::string url_at(listen_address const& where, std::uint16_t port) {
    bool const is_v6 = where.address.find(':') != std::string::npos;
    return "http://" + (is_v6 ? "[" + where.address + "]" : where.address) + ":" + std::to_string(port);
}

}  // namespace chatrixcd::bot

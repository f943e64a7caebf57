// SPDX-License-Identifier: Apache-2.0
// The server's only unit on Beast, of which it uses the parser.
#include "http/request_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <string>

#include "http/wire.hpp"

namespace chatrixcd::base::http {

namespace {

namespace beast_http = boost::beast::http;

unsigned status_for(boost::system::error_code const& failure) {
    if (failure == beast_http::error::body_limit) return 413;
    if (failure == beast_http::error::header_limit) return 431;
    return 400;
}

// The path and query of a target (RFC 9112, 3.2): a client may send the whole URL, and "*" to OPTIONS. Empty: neither.
std::string path_and_query(std::string_view target, method verb) {
    if (target.starts_with('/')) return std::string(target);
    if (target == "*" && verb == method::options) return "*";
    auto whole = parse_url(target);
    return whole ? std::move(whole->target) : std::string();
}

}  // namespace

struct request_reader::state {
    using parser = beast_http::request_parser<beast_http::string_body>;

    std::uint32_t max_header;
    std::size_t max_body;
    std::optional<parser> reading;
    std::string pending;  // received, but not yet taken by the parser
    bool header_checked = false;
    method verb = method::get;
    std::string target;

    void begin() {
        reading.emplace();
        reading->eager(true);
        reading->header_limit(max_header);
        reading->body_limit(max_body);
        header_checked = false;
    }
    unsigned check_header();
    // The parser asserts that an empty chunked body does not come in pieces of less than its five bytes.
    bool can_parse() const {
        if (pending.empty() || reading->is_done()) return false;
        return !reading->is_header_done() || !reading->chunked() || pending.size() >= 5;
    }
};

unsigned request_reader::state::check_header() {
    header_checked = true;
    auto const& message = reading->get();
    auto const name = message.method_string();
    auto const known = method_from({name.data(), name.size()});
    if (!known) return 501;
    verb = *known;
    // RFC 9112, 3.2: exactly one Host with HTTP/1.1.
    auto const hosts = message.count(beast_http::field::host);
    if (hosts > 1 || (hosts == 0 && message.version() == 11)) return 400;
    // A coding that we do not know hides where the request ends.
    if (message.count(beast_http::field::transfer_encoding) != 0 && !reading->chunked()) return 501;
    auto const expectation = message[beast_http::field::expect];
    if (!expectation.empty() && !equal_names({expectation.data(), expectation.size()}, "100-continue")) return 417;
    target = path_and_query({message.target().data(), message.target().size()}, verb);
    return target.empty() ? 400 : 0;
}

request_reader::request_reader(std::size_t max_header, std::size_t max_body) : state_(std::make_unique<state>()) {
    state_->max_header = static_cast<std::uint32_t>(max_header);
    state_->max_body = max_body;
    state_->begin();
}

request_reader::~request_reader() = default;

unsigned request_reader::feed(std::string_view bytes) {
    auto& self = *state_;
    self.pending.append(bytes);
    while (self.can_parse()) {
        boost::system::error_code failure;
        auto const taken = self.reading->put(boost::asio::buffer(self.pending), failure);
        self.pending.erase(0, taken);
        if (self.reading->is_header_done() && !self.header_checked) {
            if (auto const refused = self.check_header(); refused != 0) return refused;
        }
        // The parser bounds the header, but neither the extensions of a chunk nor the trailer.
        if (failure == beast_http::error::need_more) return self.pending.size() > self.max_header ? 431 : 0;
        if (failure) return status_for(failure);
        if (taken == 0) return 0;
    }
    return 0;
}

bool request_reader::idle() const { return state_->pending.empty() && !state_->reading->got_some(); }

bool request_reader::header_complete() const { return state_->reading->is_header_done(); }

bool request_reader::expects_continue() const {
    auto const& message = state_->reading->get();
    return message.version() == 11 && !message[beast_http::field::expect].empty() && !complete();
}

bool request_reader::complete() const { return state_->reading->is_done(); }

bool request_reader::keep_alive() const { return state_->reading->keep_alive(); }

request request_reader::take() {
    auto message = state_->reading->release();
    request r(state_->verb, std::move(state_->target));
    for (auto const& field : message) {
        auto const name = field.name_string();
        auto const value = field.value();
        r.headers.add({name.data(), name.size()}, std::string(value.data(), value.size()));
    }
    r.body = std::move(message.body());
    return r;
}

unsigned request_reader::next() {
    state_->begin();
    return feed({});
}

}  // namespace chatrixcd::base::http

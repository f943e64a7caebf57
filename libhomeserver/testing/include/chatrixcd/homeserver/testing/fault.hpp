// SPDX-License-Identifier: Apache-2.0
// What can go wrong with one request to a homeserver, as a value. Given to faults::rule::does(). The words "in process" are about
// network.hpp; "over a socket" about base::http::listen().
#pragma once

#include <boost/json/fwd.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/http.hpp>

namespace chatrixcd::homeserver::testing {

// Where a refusal says how long to wait: the Retry-After header, "retry_after_ms" in the body, both or nowhere.
enum class retry : std::uint8_t { header, body, both, nowhere };

// What a failing server shows: {"errcode":"M_UNKNOWN",…}, a proxy's HTML page, nothing.
enum class page : std::uint8_t { matrix, html, empty };

// How an answer's JSON is wrong.
enum class wrong : std::uint8_t {
    no_json,         // a text that is none
    empty,           // no byte
    null,            // "null"
    array,           // "[]" instead of an object
    cut,             // the true body without its last third; the HTTP message is complete
    types,           // each member of the object has a value of another type
    deep,            // a member with 20,000 arrays inside one another
    huge_numbers,    // every number is 1e400 or beyond 64 bits
    duplicate_keys,  // each member comes a second time, with another type
    invalid_utf8,    // each text has bytes that are no UTF-8
};

class fault {
public:
    // Nothing goes wrong.
    static fault none();

    // --- The way there and back -----------------------------------------------------------------------------------------------------
    // It never reaches the server, and the client knows: "not connected". (Over a socket, which is connected by then: as reset().)
    static fault drop_before();
    // The server executes it; the connection ends without an answer.
    static fault drop_after();
    // The connection is reset before the server sees the request.
    static fault reset();
    // A half-dead server: the request is taken, and never answered. The client waits until its own time-out.
    static fault silent_before();
    // As above, but the server has executed it.
    static fault silent_after();
    // Executed; the answer's body ends after `bytes`, and the connection with it.
    static fault truncated(std::size_t bytes = 10);
    // Executed; the answer comes as `bytes` each `span`.
    static fault drip(std::size_t bytes = 1, base::duration span = std::chrono::seconds(1));
    // Executed at once, but the answer takes this long.
    static fault late_answer(base::duration span);
    // Executed twice, one after the other; the client gets the second answer.
    static fault duplicate();
    // The request is held back until `others` later requests of the same client have been executed, or `at_most` has passed.
    static fault overtaken_request(std::size_t others = 1, base::duration at_most = std::chrono::seconds(10));
    // As above, but it is executed at once and its answer is held back.
    static fault overtaken_answer(std::size_t others = 1, base::duration at_most = std::chrono::seconds(10));

    // --- Refusals, which the server never sees --------------------------------------------------------------------------------------
    // 429 M_LIMIT_EXCEEDED
    static fault rate_limited(unsigned seconds, retry said_in = retry::both);
    static fault server_error(unsigned status = 502, page shown = page::html);
    // 401 M_UNKNOWN_TOKEN (client-server API, "Soft logout").
    static fault unknown_token(bool soft_logout);
    static fault answer(base::http::response instead);

    // --- Answers that are wrong; the server has executed the request ----------------------------------------------------------------
    static fault wrong_json(wrong how);
    // The answer's JSON without one member ("next_batch").
    static fault without(std::string member);
    // A JSON object of so many bytes.
    static fault huge(std::size_t bytes = 100U << 20U);
    // The client gets the answer that it got to the same method and path `back` answers ago; the true one if there was none.
    static fault stale(std::size_t back = 1);
    // The true answer, with the "next_batch" of `back` syncs ago: what came since then comes again.
    static fault stale_position(std::size_t back = 1);
    // The answer's JSON object is rewritten; see lies.hpp. What is no JSON object stays as it is. `what` is for the log.
    static fault lie(std::string what, std::function<void(boost::json::object&)> rewrite);
    // As lie(), but of the body's text, whatever it is.
    static fault rewrite(std::string what, std::function<void(std::string&)> change);

    // It waits so long before anything else happens. A request of a real client may be executed after the client has given it up.
    fault after(base::duration wait) &&;

    // "the server executes it, the answer is lost"
    std::string const& description() const noexcept { return description_; }
    bool is_none() const noexcept { return kind_ == kind::none && wait_ == base::duration::zero(); }

private:
    friend class faults;
    enum class kind : std::uint8_t {
        none,
        drop_before,
        drop_after,
        reset,
        silent_before,
        silent_after,
        truncated,
        drip,
        late_answer,
        duplicate,
        overtaken_request,
        overtaken_answer,
        answer,
        rewrite_text,
        stale,
        stale_position,
    };
    fault(kind what, std::string description) : kind_(what), description_(std::move(description)) {}

    kind kind_;
    std::string description_;
    base::duration wait_{0};
    base::duration span_{0};
    std::size_t count_ = 0;
    base::http::response instead_;
    std::function<void(std::string&)> rewrite_;  // of the body
};

// What a right client survives without a person noticing more than a delay: everything above but refusals for good, lies and silence
// beyond a minute. For faults::rule::does_one_of().
std::vector<fault> bad_weather();

}  // namespace chatrixcd::homeserver::testing

// SPDX-License-Identifier: Apache-2.0
// Structured logs: an event in words, fields beside it. Libraries log through a logger that they are handed; what it writes to is the
// program's choice. Message bodies of rooms and secrets are never logged.
#pragma once

#include <boost/json/fwd.hpp>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <chatrixcd/base/clock.hpp>

namespace chatrixcd::base {

enum class log_level : std::uint8_t { debug, info, warning, error };

struct log_field {
    log_field(std::string_view field_name, std::string_view text) : name(field_name), value(text) {}
    log_field(std::string_view field_name, char const* text) : name(field_name), value(text) {}
    log_field(std::string_view field_name, std::string const& text) : name(field_name), value(text) {}
    template <std::integral Number>
        requires(!std::same_as<Number, bool>)
    log_field(std::string_view field_name, Number number) : name(field_name), value(std::to_string(number)) {}
    template <std::same_as<bool> Truth>
    log_field(std::string_view field_name, Truth truth) : name(field_name), value(truth ? "true" : "false") {}
    std::string name;
    std::string value;
};

struct log_record {
    time_point when;
    log_level level;
    std::string component;  // who speaks: "matrix.sync", "chatops.journal"
    std::string message;    // what happened, without variable parts
    std::vector<log_field> fields;
};

// Where records go. Called from any thread.
class log_sink {
public:
    virtual ~log_sink() = default;
    virtual void write(log_record const& record) = 0;
};

// A value type: copies share the sink. A default-constructed logger is silent.
class logger {
public:
    logger() = default;
    logger(std::shared_ptr<log_sink> sink, clock const& time, log_level least, std::string component = {});

    // A logger for a part: component "a" below "b" is "b.a".
    logger named(std::string_view component) const;

    void debug(std::string_view message, std::initializer_list<log_field> fields = {}) const;
    void info(std::string_view message, std::initializer_list<log_field> fields = {}) const;
    void warning(std::string_view message, std::initializer_list<log_field> fields = {}) const;
    void error(std::string_view message, std::initializer_list<log_field> fields = {}) const;

private:
    void write(log_level level, std::string_view message, std::initializer_list<log_field> fields) const;

    std::shared_ptr<log_sink> sink_;
    clock const* time_ = nullptr;
    log_level least_ = log_level::info;
    std::string component_;
};

// One line a record for people: "12:03:04 WARNING matrix.sync: no answer, trying again (delay_ms=800)". Control characters are replaced.
std::shared_ptr<log_sink> make_text_sink(std::ostream& out);
// One JSON object a line for machines: the fields as strings, then time (RFC 3339, UTC), level, component and message.
std::shared_ptr<log_sink> make_json_sink(std::ostream& out);

}  // namespace chatrixcd::base

// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/log.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <mutex>
#include <ostream>

#include <chatrixcd/base/text.hpp>

namespace chatrixcd::base {

namespace {

std::string_view name_of(log_level level) noexcept {
    switch (level) {
        case log_level::debug:
            return "debug";
        case log_level::info:
            return "info";
        case log_level::warning:
            return "warning";
        case log_level::error:
            return "error";
    }
    return "unknown";
}

std::string_view shout(log_level level) noexcept {
    switch (level) {
        case log_level::debug:
            return "DEBUG";
        case log_level::info:
            return "INFO";
        case log_level::warning:
            return "WARNING";
        case log_level::error:
            return "ERROR";
    }
    return "UNKNOWN";
}

// Writes whole lines, one at a time; a log that cannot be written is no reason to stop working.
class line_sink : public log_sink {
public:
    explicit line_sink(std::ostream& out) : out_(out) {}

    void write(log_record const& record) final {
        auto const text = line(record) + '\n';
        std::lock_guard const lock(mutex_);
        out_ << text << std::flush;
    }

private:
    virtual std::string line(log_record const& record) const = 0;

    std::mutex mutex_;
    std::ostream& out_;
};

class text_sink final : public line_sink {
public:
    using line_sink::line_sink;

private:
    std::string line(log_record const& record) const override {
        auto const second = std::chrono::floor<std::chrono::seconds>(record.when);
        auto text = fmt::format("{:%H:%M:%S} {}", second, shout(record.level));
        if (!record.component.empty()) text += " " + record.component;
        text += ": " + record.message;
        char const* separator = " (";
        for (auto const& field : record.fields) {
            text += separator + field.name + "=" + field.value;
            separator = ", ";
        }
        if (!record.fields.empty()) text += ")";
        return text::one_line(text);
    }
};

class json_sink final : public line_sink {
public:
    using line_sink::line_sink;

private:
    std::string line(log_record const& record) const override {
        auto const second = std::chrono::floor<std::chrono::seconds>(record.when);
        boost::json::object object;
        // Fields come first, so that none of them can replace what the record itself says.
        for (auto const& field : record.fields) object[text::valid_utf8(field.name)] = text::valid_utf8(field.value);
        object["time"] = fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", second, (record.when - second).count());
        object["level"] = name_of(record.level);
        object["component"] = text::valid_utf8(record.component);
        object["message"] = text::valid_utf8(record.message);
        return boost::json::serialize(object);
    }
};

}  // namespace

logger::logger(std::shared_ptr<log_sink> sink, clock const& time, log_level least, std::string component)
    : sink_(std::move(sink)), time_(&time), least_(least), component_(std::move(component)) {}

logger logger::named(std::string_view component) const {
    auto part = *this;
    if (!part.component_.empty()) part.component_ += '.';
    part.component_ += component;
    return part;
}

void logger::debug(std::string_view message, std::initializer_list<log_field> fields) const { write(log_level::debug, message, fields); }
void logger::info(std::string_view message, std::initializer_list<log_field> fields) const { write(log_level::info, message, fields); }
void logger::warning(std::string_view message, std::initializer_list<log_field> fields) const {
    write(log_level::warning, message, fields);
}
void logger::error(std::string_view message, std::initializer_list<log_field> fields) const { write(log_level::error, message, fields); }

void logger::write(log_level level, std::string_view message, std::initializer_list<log_field> fields) const {
    if (!sink_ || level < least_) return;
    sink_->write(log_record{time_->now(), level, component_, std::string(message), fields});
}

std::shared_ptr<log_sink> make_text_sink(std::ostream& out) { return std::make_shared<text_sink>(out); }
std::shared_ptr<log_sink> make_json_sink(std::ostream& out) { return std::make_shared<json_sink>(out); }

}  // namespace chatrixcd::base

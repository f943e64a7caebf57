// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/executor/definition.hpp>

#include <chatrixcd/base/digest.hpp>

namespace chatrixcd::executor {

namespace {

// Each field with its length before it: no two definitions are written alike.
class writer {
public:
    writer& text(std::string_view value) {
        bytes_ += std::to_string(value.size());
        bytes_ += ':';
        bytes_ += value;
        return *this;
    }
    writer& number(std::int64_t value) { return text(std::to_string(value)); }
    std::string const& bytes() const noexcept { return bytes_; }

private:
    std::string bytes_;
};

void write(writer& to, parameter const& what) {
    to.text(what.name).number(static_cast<int>(what.type)).number(what.required).number(what.allow_leading_dash).text(what.pattern);
    to.number(what.default_value.has_value()).text(what.default_value.value_or(""));
    to.number(static_cast<std::int64_t>(what.choices.size()));
    for (auto const& choice : what.choices) to.text(choice);
}

}  // namespace

std::string fingerprint(job const& what) {
    writer to;
    to.text("job 1").text(what.name).text(what.folder).number(what.timeout.count());
    to.number(static_cast<std::int64_t>(what.argv.size()));
    for (auto const& entry : what.argv) to.text(entry);
    to.number(static_cast<std::int64_t>(what.environment.size()));
    for (auto const& [name, value] : what.environment) to.text(name).text(value);
    to.number(static_cast<std::int64_t>(what.parameters.size()));
    for (auto const& each : what.parameters) write(to, each);
    return base::sha256_hex(to.bytes());
}

}  // namespace chatrixcd::executor

// SPDX-License-Identifier: Apache-2.0
#include "values/time.hpp"

#include <algorithm>
#include <charconv>

namespace chatrixcd::semaphore::detail {

namespace {

// Reads a text from its beginning to its end; after a failure everything fails.
class cursor {
public:
    explicit cursor(std::string_view text) : rest_(text) {}

    // Exactly so many digits.
    int number(std::size_t digits) {
        int value = 0;
        auto const piece = rest_.substr(0, digits);
        auto const [end, wrong] = std::from_chars(piece.data(), piece.data() + piece.size(), value);
        good_ = good_ && piece.size() == digits && wrong == std::errc() && end == piece.data() + piece.size() && piece.front() != '-';
        rest_.remove_prefix(piece.size());
        return value;
    }
    bool take(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void expect(char c) { good_ = take(c) && good_; }
    void expect_one_of(char a, char b) { good_ = (take(a) || take(b)) && good_; }
    // A fraction's digits, of which three count.
    int milliseconds() {
        int value = 0;
        int count = 0;
        for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; ++count, rest_.remove_prefix(1)) {
            if (count < 3) value = value * 10 + (rest_.front() - '0');
        }
        good_ = good_ && count > 0;
        for (; count < 3; ++count) value *= 10;
        return value;
    }
    bool at_end() const { return good_ && rest_.empty(); }

private:
    std::string_view rest_;
    bool good_ = true;
};

std::chrono::minutes read_offset(cursor& from) {
    if (from.take('Z') || from.take('z')) return std::chrono::minutes(0);
    bool const west = from.take('-');
    if (!west) from.expect('+');
    auto const hours = std::chrono::hours(from.number(2));
    from.expect(':');
    auto const offset = hours + std::chrono::minutes(from.number(2));
    return west ? -offset : offset;
}

}  // namespace

std::optional<base::time_point> parse_time(std::string_view text) {
    cursor from(text);
    auto const year = std::chrono::year(from.number(4));
    from.expect('-');
    auto const month = std::chrono::month(static_cast<unsigned>(from.number(2)));
    from.expect('-');
    auto const day = std::chrono::day(static_cast<unsigned>(from.number(2)));
    from.expect_one_of('T', ' ');
    auto const hour = from.number(2);
    from.expect(':');
    auto const minute = from.number(2);
    from.expect(':');
    auto const second = from.number(2);
    auto const fraction = from.take('.') ? from.milliseconds() : 0;
    auto const offset = read_offset(from);
    auto const date = year / month / day;
    if (!from.at_end() || !date.ok() || hour > 23 || minute > 59 || second > 60 || year <= std::chrono::year(1)) return std::nullopt;
    return base::time_point(std::chrono::sys_days(date)) + std::chrono::hours(hour) + std::chrono::minutes(minute) - offset +
           std::chrono::seconds(second) + base::duration(fraction);
}

}  // namespace chatrixcd::semaphore::detail

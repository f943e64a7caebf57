// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/store_key.hpp>

namespace base = chatrixcd::base;
using base::store_key;

namespace {

std::string const digits = "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F";

unsigned mode_of(std::string const& path) {
    struct stat about {};
    return ::stat(path.c_str(), &about) == 0 ? about.st_mode & 0777U : 0;
}

std::string refusal(base::result<store_key> const& key) {
    REQUIRE(key.has_error());
    CHECK(key.error().kind() == base::error_kind::environment);
    return key.error().describe();
}

bool contains(std::string const& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_SUITE("base::store_key") {
    TEST_CASE("a key is 64 hexadecimal digits, in either case, with a line break or none") {
        for (auto const& text : {digits, digits + "\n", "  " + digits + "\r\n"}) {
            auto const key = store_key::parse(base::secret(text));
            REQUIRE(key.has_value());
            auto const& bytes = key->bytes().reveal();
            REQUIRE(bytes.size() == store_key::size);
            for (std::size_t i = 0; i < bytes.size(); ++i) CHECK(static_cast<std::size_t>(bytes[i]) == i);
        }
    }

    TEST_CASE("what is shorter, longer, no number or a passphrase is no key") {
        for (auto const& text : {std::string(), digits.substr(1), digits + "0", "g" + digits.substr(1),
                                 digits.substr(0, 32) + " " + digits.substr(33), std::string("correct horse battery staple")}) {
            auto const key = store_key::parse(base::secret(text));
            REQUIRE(key.has_error());
            CHECK(key.error().kind() == base::error_kind::invalid);
            CHECK(contains(key.error().hint(), "openssl rand -hex 32"));
        }
    }

    TEST_CASE("a key file is made private whatever the umask, once, and read again afterwards") {
        base::temporary_folder const folder("chatrixcd-key-");
        auto const path = folder.path() + "/store.key";
        auto const before = ::umask(0);
        auto const made = store_key::of_new_file(path);
        ::umask(before);
        REQUIRE(made.has_value());
        CHECK(mode_of(path) == 0600U);
        CHECK(store_key::from_file(path).value().bytes().reveal() == made->bytes().reveal());
        CHECK(store_key::of_new_file(path).value().bytes().reveal() == made->bytes().reveal());
        auto const other = store_key::of_new_file(folder.path() + "/other.key");
        CHECK(other.value().bytes().reveal() != made->bytes().reveal());
    }

    TEST_CASE("a key file that others can read, that is missing or that holds no key is refused, and stays as it is") {
        base::temporary_folder const folder("chatrixcd-key-");
        auto const path = folder.path() + "/store.key";
        CHECK(contains(refusal(store_key::from_file(path)), path));
        for (unsigned const mode : {0640U, 0604U}) {
            REQUIRE(base::write_file(path, digits).has_value());
            ::chmod(path.c_str(), mode);
            CHECK(contains(refusal(store_key::of_new_file(path)), "chmod 600 " + path));
            CHECK(base::read_file(path, 100).value() == digits);
        }
        REQUIRE(base::write_file(path, "secret\n").has_value());
        CHECK(contains(refusal(store_key::of_new_file(path)), path + " holds no key"));
        CHECK(base::read_file(path, 100).value() == "secret\n");
        CHECK(contains(refusal(store_key::of_new_file(folder.path() + "/none/store.key")), "cannot be made"));
    }
}

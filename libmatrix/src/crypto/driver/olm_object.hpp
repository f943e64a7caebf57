// SPDX-License-Identifier: Apache-2.0
// An object of libolm in memory of its own, which is wiped, and the buffers that its calls want.
#pragma once

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <olm/olm.h>

#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/secret.hpp>

namespace chatrixcd::matrix::crypto {

template <class T, std::size_t (*Size)(), T* (*Make)(void*), std::size_t (*Clear)(T*)>
class olm_object {
public:
    olm_object() : memory_(std::make_unique<std::byte[]>(Size())), object_(Make(memory_.get())) {}
    olm_object(olm_object const&) = delete;
    olm_object& operator=(olm_object const&) = delete;
    olm_object(olm_object&&) noexcept = default;
    olm_object& operator=(olm_object&&) noexcept = default;
    ~olm_object() {
        if (memory_) Clear(object_);
    }
    // libolm's functions want it without const even to look.
    T* get() const noexcept { return object_; }

private:
    std::unique_ptr<std::byte[]> memory_;
    T* object_;
};

// Of calls that fail only when they are called wrongly.
inline std::size_t sure(std::size_t returned) {
    if (returned == olm_error()) throw std::logic_error("libolm was called wrongly");
    return returned;
}

// Random bytes; libolm wipes them when it has used them.
inline std::vector<std::byte> random_bytes(base::random& from, std::size_t number) {
    std::vector<std::byte> bytes(number);
    from.fill(bytes);
    return bytes;
}

// What a call writes into a buffer of that length.
template <class Write>
std::string written(std::size_t length, Write write) {
    std::string buffer(length, '\0');
    buffer.resize(sure(write(buffer.data(), buffer.size())));
    return buffer;
}

// Pickles have no key of their own: the column that keeps them is sealed as a whole.
template <class T, std::size_t (*Length)(T const*), std::size_t (*Pickle)(T*, void const*, std::size_t, void*, std::size_t)>
base::secret pickled(T* what) {
    std::string buffer(sure(Length(what)), '\0');
    sure(Pickle(what, "", 0, buffer.data(), buffer.size()));
    return base::secret(std::move(buffer));
}

// Whether it was one.
template <class T, std::size_t (*Unpickle)(T*, void const*, std::size_t, void*, std::size_t)>
bool unpickle(T* into, base::secret const& pickle) {
    auto buffer = pickle.reveal();
    bool const done = Unpickle(into, "", 0, buffer.data(), buffer.size()) != olm_error();
    base::wipe(buffer);
    return done;
}

}  // namespace chatrixcd::matrix::crypto

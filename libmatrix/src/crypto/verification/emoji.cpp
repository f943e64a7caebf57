// SPDX-License-Identifier: Apache-2.0
#include "crypto/verification/emoji.hpp"

namespace chatrixcd::matrix::crypto {

namespace {

constexpr std::array<sas_emoji, 64> table{
    sas_emoji{"🐶", "Dog"},       sas_emoji{"🐱", "Cat"},        sas_emoji{"🦁", "Lion"},      sas_emoji{"🐎", "Horse"},
    sas_emoji{"🦄", "Unicorn"},   sas_emoji{"🐷", "Pig"},        sas_emoji{"🐘", "Elephant"},  sas_emoji{"🐰", "Rabbit"},
    sas_emoji{"🐼", "Panda"},     sas_emoji{"🐓", "Rooster"},    sas_emoji{"🐧", "Penguin"},   sas_emoji{"🐢", "Turtle"},
    sas_emoji{"🐟", "Fish"},      sas_emoji{"🐙", "Octopus"},    sas_emoji{"🦋", "Butterfly"}, sas_emoji{"🌷", "Flower"},
    sas_emoji{"🌳", "Tree"},      sas_emoji{"🌵", "Cactus"},     sas_emoji{"🍄", "Mushroom"},  sas_emoji{"🌏", "Globe"},
    sas_emoji{"🌙", "Moon"},      sas_emoji{"☁️", "Cloud"},       sas_emoji{"🔥", "Fire"},      sas_emoji{"🍌", "Banana"},
    sas_emoji{"🍎", "Apple"},     sas_emoji{"🍓", "Strawberry"}, sas_emoji{"🌽", "Corn"},      sas_emoji{"🍕", "Pizza"},
    sas_emoji{"🎂", "Cake"},      sas_emoji{"❤️", "Heart"},       sas_emoji{"😀", "Smiley"},    sas_emoji{"🤖", "Robot"},
    sas_emoji{"🎩", "Hat"},       sas_emoji{"👓", "Glasses"},    sas_emoji{"🔧", "Spanner"},   sas_emoji{"🎅", "Santa"},
    sas_emoji{"👍", "Thumbs Up"}, sas_emoji{"☂️", "Umbrella"},    sas_emoji{"⌛", "Hourglass"}, sas_emoji{"⏰", "Clock"},
    sas_emoji{"🎁", "Gift"},      sas_emoji{"💡", "Light Bulb"}, sas_emoji{"📕", "Book"},      sas_emoji{"✏️", "Pencil"},
    sas_emoji{"📎", "Paperclip"}, sas_emoji{"✂️", "Scissors"},    sas_emoji{"🔒", "Lock"},      sas_emoji{"🔑", "Key"},
    sas_emoji{"🔨", "Hammer"},    sas_emoji{"☎️", "Telephone"},   sas_emoji{"🏁", "Flag"},      sas_emoji{"🚂", "Train"},
    sas_emoji{"🚲", "Bicycle"},   sas_emoji{"✈️", "Aeroplane"},   sas_emoji{"🚀", "Rocket"},    sas_emoji{"🏆", "Trophy"},
    sas_emoji{"⚽", "Ball"},      sas_emoji{"🎸", "Guitar"},     sas_emoji{"🎺", "Trumpet"},   sas_emoji{"🔔", "Bell"},
    sas_emoji{"⚓", "Anchor"},    sas_emoji{"🎧", "Headphones"}, sas_emoji{"📁", "Folder"},    sas_emoji{"📌", "Pin"},
};

}  // namespace

std::array<sas_emoji, 64> const& sas_emojis() noexcept { return table; }

}  // namespace chatrixcd::matrix::crypto

// Texts that nobody can guess: five bits a letter, none that is easily misread.
#pragma once

#include <sodium.h>
#include <string>
#include <string_view>

namespace windlass::identity {

inline std::string random_text(std::size_t size) {
  static constexpr std::string_view kLetters = "abcdefghijkmnpqrstuvwxyz23456789";
  static_assert(kLetters.size() == 32);
  std::string out(size, '\0');
  randombytes_buf(out.data(), out.size());
  for (char& c : out) c = kLetters[static_cast<unsigned char>(c) % kLetters.size()];
  return out;
}

}  // namespace windlass::identity

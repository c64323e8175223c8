// links: windlass::text
// The masker against its definition: bytes under any occurrence of any form are covered, each covered run shows as
// ****, and where the stream is cut does not matter. Input: secret, newline, secret, newline, seed byte, text.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "text/masker.h"

using namespace windlass::text;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  std::vector<std::string> secrets;
  while (secrets.size() < 2) {
    std::size_t cut = input.find('\n');
    if (cut == input.npos || cut > 40) return 0;
    secrets.emplace_back(input.substr(0, cut));
    input.remove_prefix(cut + 1);
  }
  if (input.empty() || input.size() > 400) return 0;
  auto seed = static_cast<unsigned char>(input[0]);
  input.remove_prefix(1);
  std::vector<bool> covered(input.size(), false);
  for (const auto& secret : secrets) {
    for (const auto& form : secret_forms(secret)) {
      for (std::size_t at = input.find(form); at != input.npos; at = input.find(form, at + 1)) {
        std::fill_n(covered.begin() + static_cast<std::ptrdiff_t>(at), form.size(), true);
      }
    }
  }
  std::string expected;
  for (std::size_t i = 0; i < input.size(); ++i) {
    if (!covered[i])
      expected.push_back(input[i]);
    else if (i == 0 || !covered[i - 1])
      expected += "****";
  }
  Masker masker(SecretSet::make(secrets));
  std::string actual;
  for (std::size_t at = 0, step = seed % 7 + 1; at < input.size(); at += step)
    masker.push(input.substr(at, step), actual);
  masker.flush(actual);
  if (actual != expected) std::abort();
  return 0;
}

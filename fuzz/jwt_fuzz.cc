// links: windlass::identity
// Any bytes as a token: never welcome, since no input is signed with the secret; no crash on the way.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "identity/jwt.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view token(reinterpret_cast<const char*>(bytes), size);
  const auto claims = windlass::identity::verify_jwt(token, "a secret that no input can know, 1970", 1'700'000'000,
                                                     std::chrono::seconds(10));
  if (claims) __builtin_trap();
  return 0;
}

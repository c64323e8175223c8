// links: windlass::objects windlass::store
// Any bytes as objects.db: refused, or looked through with a finding for each thing that is wrong; never outside of
// them.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "objects/check_objects.h"

namespace {

class NoSealer final : public windlass::objects::Sealer {
 public:
  std::string seal(std::string_view plain, std::string_view) override { return std::string(plain); }
  windlass::Result<std::string> open(std::string_view sealed, std::string_view) override { return std::string(sealed); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace windlass;
  auto database = store::Database::open_bytes({reinterpret_cast<const char*>(data), size}, "fuzz.db", 20'000);
  if (!database) return 0;
  NoSealer sealer;
  (void)objects::check_objects(*database, sealer, [](const auto&, const auto&) {});
  return 0;
}

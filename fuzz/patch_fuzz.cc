// links: windlass::objects windlass::data
// A document and a patch of it, of each kind: refused, or a document; what is applied owns only fields that are there.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "data/json.h"
#include "objects/managed_fields.h"
#include "objects/metadata.h"
#include "objects/patch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace windlass;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto cut = text.find('\n');
  if (cut == std::string_view::npos) return 0;
  const auto document = data::parse_json(text.substr(0, cut));
  const auto patch = data::parse_json(text.substr(cut + 1));
  if (!document || !patch) return 0;
  (void)objects::apply_json_patch(*document, *patch);
  (void)objects::apply_merge_patch(*document, *patch);
  (void)objects::apply_strategic_patch(*document, *patch);
  const auto* type = objects::find_resource("", "v1", "configmaps");
  const objects::FieldManager manager{"fuzz", "2026-01-01T00:00:00Z"};
  for (const bool force : {false, true}) {
    auto applied = objects::apply_config(*type, *document, *patch, manager, force);
    if (!applied) continue;
    // The same again changes nothing more than was asked for, and is never a conflict.
    const auto again = objects::apply_config(*type, *applied, *patch, manager, false);
    if (!again && again.error().code == 409) std::abort();
    (void)objects::note_update(*type, *applied, *document, manager);
  }
  return 0;
}

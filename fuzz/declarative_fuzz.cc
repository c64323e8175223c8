// links: windlass::jenkinsfile
// Any text: parse, validate with warnings, convert to JSON and back, patch, transform. What is valid must convert to
// text that is valid again, and an unchanged JSON must give the same bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "groovy/parser.h"
#include "jenkinsfile/convert.h"
#include "jenkinsfile/libraries.h"
#include "jenkinsfile/outline.h"
#include "jenkinsfile/test_catalog.h"
#include "jenkinsfile/text_edits.h"
#include "jenkinsfile/transform.h"
#include "jenkinsfile/validate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace windlass;
  std::string text(reinterpret_cast<const char*>(data), size);
  // Half of it is another state of the text.
  const auto before = std::string_view(text).substr(0, size / 2), after = std::string_view(text).substr(size / 2);
  if (jenkinsfile::apply_edits(before, jenkinsfile::edits_between(before, after)) != after) std::abort();
  (void)jenkinsfile::outline_of(text);
  auto parsed = groovy::parse(std::make_shared<const groovy::Source>("WorkflowScript", std::move(text)));
  if (!parsed.diagnostics.empty()) return 0;
  (void)jenkinsfile::collect_libraries(*parsed.tree);
  const auto catalog = jenkinsfile::test_catalog();
  auto found = jenkinsfile::validate(*parsed.tree, *catalog, {.role = jenkinsfile::FileRole::library, .lint = true});
  (void)groovy::format_diagnostics(parsed.tree->source(), found.errors);
  if (!found.errors.empty() || found.models.empty()) return 0;
  const auto& source = parsed.tree->source();
  const auto json = jenkinsfile::to_json(source, found.models.front(), *catalog);
  auto same = jenkinsfile::patch_with_json(source, found.models.front(), *catalog, json);
  if (!same || *same != source.text()) std::abort();
  (void)jenkinsfile::from_json(json, *catalog);
  jenkinsfile::transform(*parsed.tree, found.models);
  return 0;
}

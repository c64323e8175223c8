// YAML text to Values and back, on libyaml's events. What a plain word means is decided here, by dialect, because the
// readers that people know disagree: SnakeYAML 1.x (Jenkins), the Go reader behind kubectl, and YAML 1.2.
// Neither direction recurses. Sources: yaml.org/spec/1.1, SnakeYAML 1.33 and kubectl 1.32 by experiment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/value.h"

namespace windlass::data {

enum class YamlDialect : std::uint8_t {
  snake,   ///< yes/no/on/off, 017 is 15, 1_000, 12:30 is 750, dates are objects of class java.util.Date, << merges
  k8s,     ///< also y/n and 0o17; dates and 12:30 stay text; << merges
  strict,  ///< YAML 1.2 core: true/false, null, 0o17; no merges, a key given twice is an error
};

/// The class of a map whose keys are not all text; format_yaml writes its keys as what they are.
inline constexpr std::string_view kKeyedMap = "java.util.LinkedHashMap";
/// The class of what stands in several places of a document: `id`, a number, and where it stands first its `value`.
/// format_yaml writes `&id001` and the value there, `*id001` in the others.
inline constexpr std::string_view kSharedNode = "org.yaml.snakeyaml.nodes.AnchorNode";

/// Where a member stands: `path` as people write it, "a.b[0].c"; its key's line and column, 1-based.
struct YamlPlace {
  std::string path;
  std::uint32_t line = 0, column = 0;
};

struct YamlParseOptions {
  YamlDialect dialect = YamlDialect::snake;
  std::size_t max_bytes = 64u * 1024 * 1024;
  std::uint32_t max_depth = 512;
  std::size_t max_nodes = 4'000'000;                 ///< in all documents, aliases counted with all they stand for
  std::size_t max_copied_bytes = 64u * 1024 * 1024;  ///< of text brought in by aliases
  /// A map with keys that are no text becomes an object of class kKeyedMap whose member `entries` lists [key, value].
  bool typed_keys = false;
  /// Every plain word but null and << stays the text that was written: 1.20, yes, 0400, 12:30.
  bool words_as_written = false;
  std::vector<YamlPlace>* places = nullptr;  ///< gets the place of each member, as far as the text is read
};

/// All documents of the text; none for an empty one. Keys become text as they would print ("1", "true", "null"), or
/// stay what they are (typed_keys). A date of the snake dialect is an object of class java.util.Date with members
/// `text` (as written) and `millis`.
/// !!set gives a list, !!omap a map, !!pairs a list of pairs, !!binary bytes; other tags than YAML's own are refused.
/// Errors: invalid ("YAML, line 2, column 5: …"), exhausted (a limit, e.g. aliases that expand without end).
Result<std::vector<Value>> parse_yaml_documents(std::string_view text, const YamlParseOptions& options = {});
/// The only document, null for an empty text; invalid when there are several.
Result<Value> parse_yaml(std::string_view text, const YamlParseOptions& options = {});

/// Which collections stand in brackets: none, those that hold plain scalars only (SnakeYAML's default), or all.
enum class YamlFlow : std::uint8_t { block, automatic, flow };

struct YamlStyle {
  YamlDialect dialect = YamlDialect::snake;  ///< whose ambiguous words are quoted; the layout is SnakeYAML's for all
  int width = 80;                            ///< column after which long one-line texts are folded
  YamlFlow flow = YamlFlow::block;
};

/// One document in SnakeYAML's block style, as writeYaml prints it: "a: 1\nb:\n- x\n- y\n".
std::string format_yaml(const Value& value, const YamlStyle& style = {});
/// Several documents, "---" between them.
std::string format_yaml_documents(const std::vector<Value>& documents, const YamlStyle& style = {});

}  // namespace windlass::data

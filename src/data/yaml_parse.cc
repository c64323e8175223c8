// The reading half of yaml.h: libyaml's events folded into Values with an explicit stack.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <yaml.h>

#include "data/base64.h"
#include "data/json.h"
#include "data/number_text.h"
#include "data/yaml.h"
#include "data/yaml_resolve.h"
#include "data/yaml_words.h"

namespace windlass::data {

namespace {

using yaml::Type;

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";

struct ParserOwner {
  yaml_parser_t parser;
  ParserOwner() { yaml_parser_initialize(&parser); }
  ~ParserOwner() { yaml_parser_delete(&parser); }
  ParserOwner(const ParserOwner&) = delete;
  ParserOwner& operator=(const ParserOwner&) = delete;
};

struct EventOwner {
  yaml_event_t event = {};
  EventOwner() = default;
  ~EventOwner() { yaml_event_delete(&event); }
  EventOwner(const EventOwner&) = delete;
  EventOwner& operator=(const EventOwner&) = delete;
};

std::string_view text_of(const yaml_char_t* text) {
  return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

struct Size {
  std::size_t nodes = 0;
  std::size_t bytes = 0;
};

Size measure(const Value& root) {
  Size size;
  std::vector<const Value*> work{&root};
  while (!work.empty()) {
    const Value& value = *work.back();
    work.pop_back();
    ++size.nodes;
    size.bytes += value.text().size();
    for (const auto& item : value.items()) work.push_back(&item);
    for (const auto& entry : value.members()) {
      size.bytes += entry.key.size();
      work.push_back(&entry.value);
    }
  }
  return size;
}

std::string key_text(Value key) {
  switch (key.kind()) {
    case Kind::string:
      return key.text();
    case Kind::null:
      return "null";
    case Kind::boolean:
      return key.as_bool() ? "true" : "false";
    case Kind::integer:
    case Kind::long_integer:
      return std::to_string(key.as_int());
    case Kind::big_integer:
    case Kind::decimal:
    case Kind::bytes:
      return key.text();
    case Kind::real:
      return format_double(key.as_double());
    case Kind::object:
      if (const Value* text = key.find("text")) return text->text();
      break;
    case Kind::list:
    case Kind::map:
      break;
  }
  return format_json(key);
}

using Entries = std::vector<std::pair<Value, Value>>;

bool is_keyed(const Value& value) { return value.is_object() && value.class_name() == kKeyedMap; }
bool is_mapping(const Value& value) { return value.is_map() || is_keyed(value); }
Entries take_entries(Value& mapping) {
  Entries out;
  if (mapping.is_map()) {
    for (auto& entry : mapping.mutable_members()) out.emplace_back(std::move(entry.key), std::move(entry.value));
    return out;
  }
  for (auto& pair : mapping.mutable_members().at(0).value.mutable_items()) {
    auto& parts = pair.mutable_items();
    out.emplace_back(std::move(parts[0]), std::move(parts[1]));
  }
  return out;
}

/// A map in the making: members by the text of their keys, and the keys that are no text.
class MapBuilder {
 public:
  /// The name under which a key's member is kept; with typed keys 1 and '1' are two.
  std::string name_of(Value key, bool typed) {
    constexpr std::string_view kMark = "\x1f";
    const bool is_plain = key.is_string() && !key.text().starts_with(kMark);
    if (!typed || is_plain) return key_text(std::move(key));
    std::string name = std::string(kMark) + std::string(to_string(key.kind())) + ":" + key_text(key);
    keys_.try_emplace(name, std::move(key));
    return name;
  }
  [[nodiscard]] bool contains(std::string_view name) const { return members_.contains(name); }
  void set(std::string name, Value value) { members_.set(std::move(name), std::move(value)); }
  Entries take() {
    Entries out;
    for (auto& entry : members_) out.emplace_back(key_of(entry.key), std::move(entry.value));
    return out;
  }
  Value finish() {
    if (keys_.empty()) return Value(std::move(members_));
    Value entries = Value::list();
    for (auto& [key, value] : take()) entries.push(Value::list_of(std::move(key), std::move(value)));
    Map members;
    members.set("entries", std::move(entries));
    return Value::object(std::string(kKeyedMap), std::move(members));
  }

 private:
  Value key_of(const std::string& name) {
    const auto found = keys_.find(name);
    return found == keys_.end() ? Value(name) : std::move(found->second);
  }
  Map members_;
  std::unordered_map<std::string, Value> keys_;
};

class Reader {
 public:
  explicit Reader(const YamlParseOptions& options) : options_(options) {}

  Result<std::vector<Value>> run(std::string_view text) {
    if (text.size() > options_.max_bytes) {
      return fail(ErrorKind::exhausted,
                  {"YAML text has {} bytes, more than the limit of {}", "YAML 文本有 {} 字节，超过上限 {}"},
                  {text.size(), options_.max_bytes});
    }
    ParserOwner owner;
    yaml_parser_set_encoding(&owner.parser, YAML_UTF8_ENCODING);
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    yaml_parser_set_input_string(&owner.parser, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    for (;;) {
      EventOwner next;
      if (yaml_parser_parse(&owner.parser, &next.event) == 0) return syntax_error(owner.parser);
      const yaml_event_t& event = next.event;
      mark_ = event.start_mark;
      switch (event.type) {
        case YAML_NO_EVENT:
        case YAML_STREAM_START_EVENT:
          break;
        case YAML_STREAM_END_EVENT:
          return std::move(documents_);
        case YAML_DOCUMENT_START_EVENT:
          anchors_.clear();
          open_anchors_.clear();
          break;
        case YAML_DOCUMENT_END_EVENT:
          break;
        case YAML_ALIAS_EVENT:
          WL_CHECK_OK(alias(std::string(text_of(event.data.alias.anchor))));
          break;
        case YAML_SCALAR_EVENT:
          WL_CHECK_OK(scalar(event));
          break;
        case YAML_SEQUENCE_START_EVENT:
          WL_CHECK_OK(open(true, text_of(event.data.sequence_start.tag), text_of(event.data.sequence_start.anchor)));
          break;
        case YAML_MAPPING_START_EVENT:
          WL_CHECK_OK(open(false, text_of(event.data.mapping_start.tag), text_of(event.data.mapping_start.anchor)));
          break;
        case YAML_SEQUENCE_END_EVENT:
        case YAML_MAPPING_END_EVENT:
          WL_CHECK_OK(close());
          break;
      }
    }
  }

 private:
  enum class Shape : std::uint8_t { list, map, set, omap, pairs };
  struct Open {
    Shape shape;
    bool is_list;
    Value::List items;
    MapBuilder members;
    std::vector<Value> merged;
    std::string key;
    bool has_key = false;
    bool key_is_merge = false;
    std::string anchor;
    yaml_mark_t mark;
  };

  Result<void> open(bool is_list, std::string_view tag, std::string_view anchor) {
    WL_CHECK_OK(count({1, 0}));
    if (stack_.size() >= options_.max_depth) {
      return fail(ErrorKind::exhausted, {"{}nested deeper than {}", "{}嵌套超过 {} 层"},
                  {position(), options_.max_depth});
    }
    Shape shape = is_list ? Shape::list : Shape::map;
    if (tag.starts_with(kTagPrefix)) {
      const std::string_view name = tag.substr(kTagPrefix.size());
      if (!is_list && name == "set") {
        shape = Shape::set;
      } else if (is_list && name == "omap") {
        shape = Shape::omap;
      } else if (is_list && name == "pairs") {
        shape = Shape::pairs;
      } else if (name != (is_list ? "seq" : "map")) {
        return unknown_tag(tag);
      }
    } else if (!tag.empty() && tag != "!") {
      return unknown_tag(tag);
    }
    if (!anchor.empty()) open_anchors_.insert(std::string(anchor));
    stack_.push_back({.shape = shape, .is_list = is_list, .anchor = std::string(anchor), .mark = mark_});
    return {};
  }

  Result<void> close() {
    Open top = std::move(stack_.back());
    stack_.pop_back();
    mark_ = top.mark;
    Value value;
    if (top.is_list) {
      value = WL_TRY(finish_list(top));
    } else {
      value = finish_map(top);
    }
    if (!top.anchor.empty()) {
      open_anchors_.erase(top.anchor);
      WL_CHECK_OK(remember(std::move(top.anchor), value));
    }
    return deliver(std::move(value), false);
  }

  // !!omap and !!pairs are lists of maps with one member each.
  Result<Value> finish_list(Open& top) {
    if (top.shape == Shape::list) return Value(std::move(top.items));
    Value pairs = Value::list();
    MapBuilder map;
    for (auto& item : top.items) {
      Entries entries = is_mapping(item) ? take_entries(item) : Entries();
      if (entries.size() != 1) {
        return fail(ErrorKind::invalid,
                    {"{}an item of !!omap or !!pairs must be a map with one member",
                     "{}!!omap 或 !!pairs 的每一项必须是只有一个成员的映射"},
                    {position()});
      }
      auto& [key, value] = entries[0];
      if (top.shape == Shape::omap) {
        map.set(map.name_of(std::move(key), options_.typed_keys), std::move(value));
      } else {
        pairs.push(Value::list_of(std::move(key), std::move(value)));
      }
    }
    return top.shape == Shape::omap ? map.finish() : std::move(pairs);
  }

  // Merged members come first and lose against the map's own, which keep the place of the merged one.
  Value finish_map(Open& top) const {
    if (top.shape == Shape::set) {
      Value list = Value::list();
      for (auto& [key, value] : top.members.take()) list.push(std::move(key));
      return list;
    }
    if (top.merged.empty()) return top.members.finish();
    MapBuilder out;
    for (auto& source : top.merged) {
      for (auto& [key, value] : take_entries(source)) {
        std::string name = out.name_of(std::move(key), options_.typed_keys);
        if (!out.contains(name)) out.set(std::move(name), std::move(value));
      }
    }
    for (auto& [key, value] : top.members.take()) {
      out.set(out.name_of(std::move(key), options_.typed_keys), std::move(value));
    }
    return out.finish();
  }

  Result<void> scalar(const yaml_event_t& event) {
    const auto& scalar = event.data.scalar;
    const std::string_view word(reinterpret_cast<const char*>(scalar.value), scalar.length);
    const std::string_view tag = text_of(scalar.tag);
    WL_CHECK_OK(count({1, 0}));
    Value value;
    bool is_merge = false;
    if (tag.empty() && scalar.style == YAML_PLAIN_SCALAR_STYLE) {
      Type type = yaml::resolve_plain(options_.dialect, word);
      if (options_.words_as_written && type != Type::null && type != Type::merge) type = Type::text;
      is_merge = type == Type::merge;
      value = yaml::make_scalar(options_.dialect, type, word).value_or(Value(word));
    } else if (tag.empty() || tag == "!") {
      value = Value(word);
    } else {
      value = WL_TRY(tagged(tag, word));
    }
    if (scalar.anchor != nullptr) WL_CHECK_OK(remember(std::string(text_of(scalar.anchor)), value));
    return deliver(std::move(value), is_merge);
  }

  Result<Value> tagged(std::string_view tag, std::string_view word) {
    if (!tag.starts_with(kTagPrefix)) return unknown_tag(tag);
    const std::string_view name = tag.substr(kTagPrefix.size());
    if (name == "str") return Value(word);
    if (name == "binary") {
      auto bytes = decode_base64(word);
      if (!bytes)
        return fail(ErrorKind::invalid, {"{}!!binary needs base64 text", "{}!!binary 需要 base64 文本"}, {position()});
      return Value::bytes(std::move(*bytes));
    }
    const std::pair<std::string_view, Type> kTypes[] = {{"null", Type::null},
                                                        {"bool", Type::boolean},
                                                        {"int", Type::integer},
                                                        {"float", Type::real},
                                                        {"timestamp", Type::timestamp}};
    for (const auto& [known, type] : kTypes) {
      if (name != known) continue;
      auto value = yaml::make_scalar(options_.dialect, type, word);
      if (!value) {
        return fail(ErrorKind::invalid, {"{}'{}' does not fit its tag !!{}", "{}“{}”与标签 !!{} 不符"},
                    {position(), word.substr(0, 40), name});
      }
      return std::move(*value);
    }
    return unknown_tag(tag);
  }

  Result<void> alias(std::string name) {
    if (open_anchors_.contains(name)) {
      return fail(ErrorKind::invalid,
                  {"{}the alias *{} stands inside of what it names", "{}别名 *{} 出现在它所指的内容之中"},
                  {position(), name});
    }
    auto found = anchors_.find(name);
    if (found == anchors_.end())
      return fail(ErrorKind::invalid, {"{}found undefined alias {}", "{}未定义的别名 {}"}, {position(), name});
    WL_CHECK_OK(count(found->second.size));
    return deliver(found->second.value, false);
  }

  Result<void> remember(std::string name, const Value& value) {
    const Size size = measure(value);
    WL_CHECK_OK(count(size));
    anchors_.insert_or_assign(std::move(name), Anchor{value, size});
    return {};
  }

  Result<void> count(const Size& more) {
    used_.nodes += more.nodes;
    used_.bytes += more.bytes;
    if (used_.nodes <= options_.max_nodes && used_.bytes <= options_.max_copied_bytes) return {};
    return fail(ErrorKind::exhausted,
                {"{}the document is too large once its aliases are written out (limit {} values)",
                 "{}展开别名后文档过大（上限 {} 个值）"},
                {position(), options_.max_nodes});
  }

  // Puts a complete value where it belongs: document, list, key or member.
  Result<void> deliver(Value value, bool is_merge) {
    if (stack_.empty()) {
      documents_.push_back(std::move(value));
      return {};
    }
    Open& top = stack_.back();
    if (top.is_list) {
      top.items.push_back(std::move(value));
      return {};
    }
    if (!top.has_key) {
      top.key_is_merge = is_merge;
      top.key = is_merge ? std::string() : top.members.name_of(std::move(value), options_.typed_keys);
      top.has_key = true;
      if (options_.places != nullptr && !is_merge) {
        options_.places->push_back(
            {path(), static_cast<std::uint32_t>(mark_.line + 1), static_cast<std::uint32_t>(mark_.column + 1)});
      }
      if (!is_merge && options_.dialect == YamlDialect::strict && top.members.contains(top.key)) {
        return fail(ErrorKind::invalid, {"{}the key '{}' is given twice", "{}键“{}”出现两次"}, {position(), top.key});
      }
      return {};
    }
    top.has_key = false;
    if (!top.key_is_merge) {
      top.members.set(std::move(top.key), std::move(value));
      return {};
    }
    if (is_mapping(value)) {
      top.merged.push_back(std::move(value));
      return {};
    }
    const bool maps = value.is_list() && std::all_of(value.items().begin(), value.items().end(),
                                                     [](const Value& item) { return is_mapping(item); });
    if (!maps) {
      return fail(ErrorKind::invalid,
                  {"{}expected a mapping or list of mappings for merging, but found {}",
                   "{}合并处应为映射或映射的列表，而不是 {}"},
                  {position(), to_string(value.kind())});
    }
    for (auto& item : value.mutable_items()) top.merged.push_back(std::move(item));
    return {};
  }

  /// Of the member whose key was read last.
  [[nodiscard]] std::string path() const {
    std::string out;
    for (const auto& one : stack_) {
      if (one.is_list) {
        out += "[" + std::to_string(one.items.size()) + "]";
      } else {
        out += (out.empty() ? "" : ".") + one.key;
      }
    }
    return out;
  }
  [[nodiscard]] static SentencePart position(const yaml_mark_t& mark) {
    const std::string line = std::to_string(mark.line + 1);
    const std::string column = std::to_string(mark.column + 1);
    SentencePart out("YAML, line " + line + ", column " + column + ": ");
    out.zh = "YAML 第 " + line + " 行第 " + column + " 列：";
    return out;
  }
  [[nodiscard]] SentencePart position() const { return position(mark_); }

  [[nodiscard]] std::unexpected<Error> unknown_tag(std::string_view tag) const {
    std::string shown =
        tag.starts_with(kTagPrefix) ? "!!" + std::string(tag.substr(kTagPrefix.size())) : std::string(tag);
    if (shown.size() > 100) shown.resize(100);
    return fail(ErrorKind::invalid,
                {"{}the tag {} is not supported; only YAML's own types may be named",
                 "{}不支持标签 {}；只能使用 YAML 自带的类型"},
                {position(), shown});
  }

  [[nodiscard]] std::unexpected<Error> syntax_error(const yaml_parser_t& parser) const {
    if (parser.error == YAML_MEMORY_ERROR)
      return fail(ErrorKind::exhausted, {"YAML: nested too deeply", "YAML：嵌套过深"});
    SentencePart what = yaml_words(parser.problem != nullptr ? parser.problem : "the text cannot be read");
    if (parser.error == YAML_READER_ERROR)
      return fail(ErrorKind::invalid, {"YAML, byte {}: {}", "YAML 第 {} 字节：{}"}, {parser.problem_offset, what});
    if (parser.context != nullptr) {
      const SentencePart context = yaml_words(parser.context);
      what.en += " " + context.en;
      what.zh += "（" + context.zh;
      if (parser.context_mark.line != parser.problem_mark.line) {
        const std::string line = std::to_string(parser.context_mark.line + 1);
        what.en += " that starts on line " + line;
        what.zh += "，始于第 " + line + " 行";
      }
      what.zh += "）";
    }
    return fail(ErrorKind::invalid, {"{}{}", "{}{}"}, {position(parser.problem_mark), what});
  }

  struct Anchor {
    Value value;
    Size size;
  };

  const YamlParseOptions& options_;
  std::vector<Value> documents_;
  std::vector<Open> stack_;
  std::unordered_map<std::string, Anchor> anchors_;
  std::unordered_set<std::string> open_anchors_;
  Size used_;
  yaml_mark_t mark_ = {};
};

}  // namespace

Result<std::vector<Value>> parse_yaml_documents(std::string_view text, const YamlParseOptions& options) {
  return Reader(options).run(text);
}

Result<Value> parse_yaml(std::string_view text, const YamlParseOptions& options) {
  std::vector<Value> documents = WL_TRY(parse_yaml_documents(text, options));
  if (documents.size() > 1) {
    return fail(ErrorKind::invalid, {"YAML: expected one document, found {}", "YAML：应只有一个文档，实际有 {} 个"},
                {documents.size()});
  }
  return documents.empty() ? Value() : std::move(documents[0]);
}

}  // namespace windlass::data

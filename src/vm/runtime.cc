// The shared library of methods: native tables and prelude files, indexed by name. Built once per process.
#include <algorithm>

#include "groovy/parser.h"
#include "vm/code_image.h"
#include "vm/state.h"

namespace windlass::vm {

namespace {

ResolvedType parse_type(std::string_view text) {
  ResolvedType type;
  if (const auto generic = text.find('<'); generic != std::string_view::npos) {
    const auto close = text.rfind('>');
    const std::string plain = std::string(text.substr(0, generic)) + std::string(text.substr(close + 1));
    return parse_type(plain);
  }
  while (text.ends_with("[]")) {
    ++type.arrays;
    text.remove_suffix(2);
  }
  if (text.empty() || text == "def" || text == "Object") {
    type.id = java::object;
    return type;
  }
  type.id = text.find('.') == std::string_view::npos ? find_java_class(text) : find_java_class(text);
  if (type.id == kNoClass) type.id = find_default_import(text);
  if (type.id == kNoClass) type.id = java::object;
  return type;
}

std::string_view trim(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

}  // namespace

/// A few hundred types stand in thousands of rows, and finding one by its simple name tries eight packages.
ResolvedType Runtime::type_of(std::string_view text) {
  if (const auto known = type_texts_.find(text); known != type_texts_.end()) return known->second;
  return type_texts_.emplace(text, parse_type(text)).first->second;
}

Runtime::Runtime(std::vector<NativeTable> natives, std::vector<PreludeSource> prelude) : prelude_(std::move(prelude)) {
  const auto rows = java_classes();
  linear_.resize(rows.size());
  interfaces_.resize(rows.size());
  for (std::size_t id = 0; id < rows.size(); ++id) {
    std::string_view rest = rows[id].interfaces;
    while (!rest.empty()) {
      const auto space = rest.find(' ');
      const ClassId i = find_java_class(rest.substr(0, space));
      if (i != kNoClass) interfaces_[id].push_back(i);
      rest = space == std::string_view::npos ? std::string_view{} : rest.substr(space + 1);
    }
  }
  for (std::size_t id = 0; id < rows.size(); ++id) {
    std::vector<ClassId>& order = linear_[id];
    std::vector<ClassId> interfaces;
    const auto add_interfaces = [&](ClassId c) {
      interfaces.insert(interfaces.end(), interfaces_[c].begin(), interfaces_[c].end());
    };
    auto at = static_cast<ClassId>(id);
    while (at != java::object) {
      order.push_back(at);
      add_interfaces(at);
      at = rows[at].super;
    }
    for (std::size_t i = 0; i < interfaces.size(); ++i) {
      const ClassId c = interfaces[i];
      if (std::find(order.begin(), order.end(), c) == order.end()) order.push_back(c);
      add_interfaces(c);
    }
    order.push_back(java::object);
  }
  words_ = (rows.size() + 63) / 64;
  above_.resize(rows.size() * words_);
  for (std::size_t id = 0; id < rows.size(); ++id) {
    for (const ClassId above : linear_[id]) above_[id * words_ + above / 64] |= std::uint64_t{1} << (above % 64);
  }
  std::size_t count = 0;
  for (const NativeTable& table : natives) count += table.size();
  by_name_.reserve(count / 2);
  std::string_view owner_name;
  ClassId owner = kNoClass;
  for (const NativeTable& table : natives) {
    for (const NativeMethod& m : table) {
      if (m.owner != owner_name) {
        owner_name = m.owner;
        owner = find_java_class(owner_name);
      }
      NativeEntry entry;
      entry.name = m.name;
      entry.owner = owner;
      if (entry.owner == kNoClass) continue;
      entry.kind = m.kind;
      entry.function = m.function;
      std::string_view rest = m.parameters;
      while (!rest.empty()) {
        const auto comma = rest.find(',');
        std::string_view part = trim(rest.substr(0, comma));
        if (part.ends_with("...")) {
          entry.varargs = true;
          part.remove_suffix(3);
        }
        entry.parameters.push_back(type_of(part));
        rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
      }
      entry.required = static_cast<std::uint16_t>(entry.parameters.size());
      entries_.push_back(std::move(entry));
      by_name_[entries_.back().name].push_back(&entries_.back());
    }
  }
  for (std::uint32_t file = 0; file < prelude_.size(); ++file) {
    compiled_.emplace_back();
    scan(file);
  }
  decltype(type_texts_)().swap(type_texts_);
}

void Runtime::scan(std::uint32_t file) {
  std::string_view text = prelude_[file].text;
  std::uint32_t line = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view row = text.substr(0, end);
    ++line;
    if (row.starts_with("static ")) {
      const auto open = row.find('(');
      const auto close = row.rfind(')');
      if (open != std::string_view::npos && close != std::string_view::npos && close > open) {
        std::string_view head = trim(row.substr(0, open));
        const auto space = head.rfind(' ');
        NativeEntry entry;
        entry.name = head.substr(space + 1);
        entry.file = file;
        entry.line = line;
        // Parameters up to the parenthesis that closes the list.
        std::size_t stop = open + 1;
        int depth = 1;
        for (; stop < row.size(); ++stop) {
          if (row[stop] == '(' || row[stop] == '[' || row[stop] == '{') ++depth;
          if ((row[stop] == ')' || row[stop] == ']' || row[stop] == '}') && --depth == 0) break;
        }
        std::string_view rest = row.substr(open + 1, stop - open - 1);
        bool first = true;
        while (!rest.empty()) {
          int nesting = 0;
          std::size_t comma = 0;
          for (; comma < rest.size(); ++comma) {
            const char c = rest[comma];
            if (c == '(' || c == '[' || c == '<' || c == '{') ++nesting;
            if (c == ')' || c == ']' || c == '>' || c == '}') --nesting;
            if (c == ',' && nesting == 0) break;
          }
          std::string_view part = trim(rest.substr(0, comma));
          rest = comma < rest.size() ? rest.substr(comma + 1) : std::string_view{};
          const auto equals = part.find('=');
          const bool optional = equals != std::string_view::npos;
          part = trim(part.substr(0, equals));
          if (part.starts_with("final ")) part.remove_prefix(6);
          const auto gap = part.rfind(' ');
          std::string_view type = gap == std::string_view::npos ? std::string_view{} : trim(part.substr(0, gap));
          const bool varargs = type.ends_with("...");
          if (varargs) type.remove_suffix(3);
          const ResolvedType resolved = type_of(type);
          if (first) {
            if (type.starts_with("Class<")) {
              // `static T name(Class<Owner> self, …)`: a static method of Owner.
              entry.kind = NativeKind::static_method;
              entry.owner = parse_type(type.substr(6, type.size() - 7)).id;
            } else {
              entry.owner = resolved.arrays > 0 ? static_cast<ClassId>(java::object_array) : resolved.id;
            }
            first = false;
            continue;
          }
          entry.parameters.push_back(resolved);
          entry.varargs = entry.varargs || varargs;
          if (!optional) ++entry.required;
        }
        if (!first) {
          entry.containers_only = entry.owner == java::object && !is_object_method(entry.name);
          entries_.push_back(std::move(entry));
          by_name_[entries_.back().name].push_back(&entries_.back());
        }
      }
    }
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
}

std::span<const NativeEntry* const> Runtime::find(std::string_view name) const {
  const auto it = by_name_.find(name);
  if (it == by_name_.end()) return {};
  return it->second;
}

std::shared_ptr<const CodeUnit> Runtime::prelude_unit(std::uint32_t file) const {
  Compiled& slot = compiled_[file];
  std::call_once(slot.once, [&] {
    auto unit = compile_prelude(prelude_[file]);
    if (unit) {
      slot.unit = *unit;
      for (const NativeEntry& entry : entries_) {
        if (entry.function != nullptr || entry.file != file) continue;
        for (std::uint32_t i = 0; i < slot.unit->functions.size(); ++i) {
          const FunctionCode& code = *slot.unit->functions[i];
          if (code.line == entry.line && code.name == entry.name) {
            entry.code_number = i;
            break;
          }
        }
      }
    } else {
      slot.error = groovy::format_diagnostics(groovy::Source(prelude_[file].name, prelude_[file].text),
                                              unit.error().diagnostics);
    }
  });
  return slot.unit;
}

Compiled compile_prelude(const PreludeSource& file) {
  if (!file.image.empty()) {
    if (auto code = read_code_image(file.image)) return code;
  }
  groovy::ParseResult parsed = groovy::parse(std::make_shared<const groovy::Source>(file.name, file.text));
  if (!parsed.diagnostics.empty()) return std::unexpected(CompileFailure{std::move(parsed.diagnostics)});
  const bool is_library = file.name.starts_with("gdk/");
  std::string name = file.name.substr(file.name.rfind('/') + 1);
  name.resize(std::min(name.size(), name.find('.')));
  return compile(std::shared_ptr<const groovy::Tree>(std::move(parsed.tree)), (is_library ? "gdk_" : "Prelude_") + name,
                 is_library ? ScriptKind::gdk : ScriptKind::prelude);
}

std::string Runtime::prelude_error(std::uint32_t file) const { return compiled_[file].error; }

std::shared_ptr<const Runtime> make_runtime(std::vector<NativeTable> natives, std::vector<PreludeSource> gdk_prelude) {
  return std::make_shared<const Runtime>(std::move(natives), std::move(gdk_prelude));
}

}  // namespace windlass::vm

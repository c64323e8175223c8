// The shared library of methods: native tables and prelude files, by name. Built once per process.
#include <algorithm>

#include "groovy/parser.h"
#include "vm/code_image.h"
#include "vm/state.h"

namespace windlass::vm {

Runtime::Runtime(std::vector<NativeTable> natives, std::vector<PreludeSource> prelude, std::string_view index)
    : prelude_(std::move(prelude)) {
  auto lists = read_method_index(index);
  if (!lists) {
    made_ = make_method_index(natives, prelude_);
    lists = read_method_index(made_);
  }
  lists_ = *lists;
  entries_.reserve(lists_.rows.size());
  for (const MethodRow& row : lists_.rows) {
    const bool is_prelude = (row.flags & MethodRow::kPrelude) != 0;
    entries_.push_back({.name = lists_.name_of(row),
                        .owner = row.owner,
                        .kind = static_cast<NativeKind>(row.kind),
                        .function = is_prelude ? nullptr : natives[row.from][row.place].function,
                        .file = is_prelude ? row.from : 0,
                        .line = is_prelude ? row.place : 0,
                        .parameters = lists_.types.subspan(row.first_type, row.parameters),
                        .required = row.required,
                        .varargs = (row.flags & MethodRow::kVarargs) != 0,
                        .containers_only = (row.flags & MethodRow::kContainersOnly) != 0});
  }
  const std::size_t classes = lists_.linear_begins.size() - 1;
  words_ = (classes + 63) / 64;
  above_.resize(classes * words_);
  for (std::size_t id = 0; id < classes; ++id) {
    for (const ClassId above : linear(static_cast<ClassId>(id))) {
      above_[id * words_ + above / 64] |= std::uint64_t{1} << (above % 64);
    }
  }
  compiled_.resize(prelude_.size());
}

std::span<const NativeEntry> Runtime::find(std::string_view name) const {
  const auto first = lists_.first(name);
  if (!first) return {};
  // One name has one place in the index, so rows of the same name are told without comparing texts.
  std::size_t end = *first + std::size_t{1};
  while (end < lists_.rows.size() && lists_.rows[end].name == lists_.rows[*first].name &&
         lists_.rows[end].name_size == lists_.rows[*first].name_size) {
    ++end;
  }
  return std::span(entries_).subspan(*first, end - *first);
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
      slot.error = groovy::format_diagnostics(groovy::Source(prelude_[file].name, std::string(prelude_[file].text)),
                                              unit.error().diagnostics);
    }
  });
  return slot.unit;
}

Compiled compile_prelude(const PreludeSource& file) {
  if (!file.image.empty()) {
    if (auto code = read_code_image(file.image)) return code;
  }
  groovy::ParseResult parsed = groovy::parse(std::make_shared<const groovy::Source>(file.name, std::string(file.text)));
  if (!parsed.diagnostics.empty()) return std::unexpected(CompileFailure{std::move(parsed.diagnostics)});
  const bool is_library = file.name.starts_with("gdk/");
  std::string name = file.name.substr(file.name.rfind('/') + 1);
  name.resize(std::min(name.size(), name.find('.')));
  return compile(std::shared_ptr<const groovy::Tree>(std::move(parsed.tree)), (is_library ? "gdk_" : "Prelude_") + name,
                 is_library ? ScriptKind::gdk : ScriptKind::prelude);
}

std::string Runtime::prelude_error(std::uint32_t file) const { return compiled_[file].error; }

std::shared_ptr<const Runtime> make_runtime(std::vector<NativeTable> natives, std::vector<PreludeSource> gdk_prelude,
                                            std::string_view index) {
  return std::make_shared<const Runtime>(std::move(natives), std::move(gdk_prelude), index);
}

}  // namespace windlass::vm

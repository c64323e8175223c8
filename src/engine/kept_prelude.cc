#include "engine/kept_prelude.h"

#include <algorithm>
#include <utility>

#include "data/binary.h"
#include "engine/program.h"
#include "journal/seal.h"
#include "prelude/definitions.h"
#include "prelude/prelude.h"
#include "prelude/prelude_code.h"
#include "vm/gdk/tables.h"

namespace windlass::engine {

namespace {

/// Library methods belong to the evaluator, all other files to the run.
bool is_library_method_file(std::string_view name) { return name.starts_with("gdk/"); }

const vm::PreludeSource* find_in(const std::vector<Prelude::Defined>& list, std::string_view name) {
  const auto found = std::ranges::lower_bound(list, name, {}, &Prelude::Defined::name);
  return found != list.end() && found->name == name ? found->file : nullptr;
}

}  // namespace

Prelude::Prelude(std::vector<vm::PreludeSource> files) : files_(std::move(files)) {
  const auto add = [this](std::vector<Defined>& list, std::vector<std::string>& names, const vm::PreludeSource& file) {
    for (auto& name : names) list.push_back({names_.emplace_back(std::move(name)), &file});
  };
  for (const auto& file : files_) {
    if (is_library_method_file(file.name)) continue;
    auto defined = prelude::find_definitions(file.text);
    add(functions_, defined.functions, file);
    add(classes_, defined.classes, file);
  }
  // Of two with one name the first file's is found.
  for (auto* list : {&functions_, &classes_}) {
    std::ranges::sort(*list, {}, [](const Defined& one) { return std::pair(one.name, one.file); });
  }
}

Prelude::Prelude(BuiltIn) : is_built_in_(true), hash_(prelude::part_hash()) {
  for (const auto& file : prelude::files()) {
    files_.push_back({std::string(file.name), file.text, prelude::find_code(file.name), nullptr});
  }
  for (const auto& [name, file] : prelude::defined_functions()) functions_.push_back({name, &files_[file]});
  for (const auto& [name, file] : prelude::defined_classes()) classes_.push_back({name, &files_[file]});
}

const vm::PreludeSource* Prelude::find_class_file(std::string_view full_name) const {
  return find_in(classes_, full_name);
}

const vm::PreludeSource* Prelude::find_function_file(std::string_view name) const { return find_in(functions_, name); }

Result<std::string> Prelude::encode() const {
  data::Value map = data::Value::map();
  for (const auto& file : files_) map.set(file.name, std::string(file.text));
  return data::encode_binary(map);
}

const std::string& Prelude::hash() const {
  const std::lock_guard lock(mutex_);
  if (!hash_) {
    const auto bytes = encode();
    hash_ = bytes ? journal::content_hash(*bytes) : std::string();
  }
  return *hash_;
}

std::shared_ptr<const vm::Runtime> Prelude::runtime() const {
  const std::lock_guard lock(mutex_);
  if (!runtime_) {
    std::vector<vm::PreludeSource> methods;
    for (const auto& file : files_) {
      if (is_library_method_file(file.name)) methods.push_back(file);
    }
    runtime_ = vm::make_runtime(vm::all_native_tables(), std::move(methods),
                                is_built_in_ ? prelude::method_index() : std::string_view());
  }
  return runtime_;
}

const vm::Compiled& Prelude::code(const vm::PreludeSource& file) const {
  const std::lock_guard lock(mutex_);
  auto found = code_.find(&file);
  if (found == code_.end()) {
    found = code_.emplace(&file, vm::compile_prelude(file)).first;
  }
  return found->second;
}

std::shared_ptr<const CompiledScript> Prelude::find_script(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = scripts_.find(key);
  return found == scripts_.end() ? nullptr : found->second.lock();
}

void Prelude::keep_script(const std::string& key, const std::shared_ptr<const CompiledScript>& script) const {
  const std::lock_guard lock(mutex_);
  if (scripts_.size() >= scripts_before_sweep_) {
    std::erase_if(scripts_, [](const auto& entry) { return entry.second.expired(); });
    scripts_before_sweep_ = std::max<std::size_t>(64, scripts_.size() * 2);
  }
  scripts_.insert_or_assign(key, script);
  constexpr std::size_t kMostRecent = 64;
  constexpr std::size_t kMostRecentBytes = std::size_t{1} << 20;
  recent_.push_back(script);
  recent_bytes_ += script->source->text().size();
  while (recent_.size() > kMostRecent || (recent_.size() > 1 && recent_bytes_ > kMostRecentBytes)) {
    recent_bytes_ -= recent_.front()->source->text().size();
    recent_.pop_front();
  }
}

PreludeRef built_in_prelude() {
  static const PreludeRef kBuiltIn = std::make_shared<const Prelude>(Prelude::BuiltIn{});
  return kBuiltIn;
}

Result<PreludeRef> decode_prelude(std::string_view bytes) {
  auto map = WL_TRY(data::decode_binary(bytes));
  if (!map.is_map())
    return fail(ErrorKind::corrupt, {"the run's prelude is not a list of files", "该运行的前导程序不是文件列表"});
  const auto built_in = prelude::files();
  std::size_t same = 0;
  std::vector<vm::PreludeSource> files;
  for (const auto& entry : map.members()) {
    const auto text = entry.value.text();
    const auto* known = prelude::find_file(entry.key);
    if (known != nullptr && known->text == text) ++same;
    auto kept = std::make_shared<const std::string>(text);
    const std::string_view view = *kept;
    files.push_back({entry.key, view, {}, std::move(kept)});
  }
  if (same == files.size() && same == built_in.size()) return built_in_prelude();
  return std::make_shared<const Prelude>(std::move(files));
}

}  // namespace windlass::engine
